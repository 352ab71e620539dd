import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What a player told some time ago, and asks for in other words; and what else players say in that language. */
export interface RecallLines {
  readonly language: string;
  readonly recall: readonly { readonly told: string; readonly asked: string }[];
  readonly talk: readonly string[];
}

/** So many turns, in which each told line stands once. */
const TURNS = 300;

const ENGLISH: RecallLines = {
  language: 'en',
  recall: [
    { told: 'My sister Mina is a priest in Payon.', asked: 'What did I tell you about my sister?' },
    { told: 'I lost my grandfather’s ring in the sewers.', asked: 'Where did my ring go?' },
    { told: 'On Sundays I bake apple pie for the orphans.', asked: 'What do I bake for the orphans?' },
    { told: 'A fat merchant at the north gate cheated me.', asked: 'Which merchant cheated on me?' },
    {
      told: 'I am scared of spiders ever since the caves.',
      asked: 'Do you recall what scares me, spiders or bats?',
    },
    { told: 'We named our boat Seagull.', asked: 'What is the name of my boat?' },
    { told: 'My first pet was a poring called Jelly.', asked: 'How did I call my pet poring?' },
    { told: 'I owe Torben 3000 zeny since the fair.', asked: 'How much do I owe Torben?' },
    { told: 'Next spring I will marry in the cathedral.', asked: 'When is my marriage?' },
    { told: 'I collect old coins from Glast Heim.', asked: 'Which coins are in my collection?' },
  ],
  talk: [
    ...['Hi there, how is your day?', 'Anyone up for orcs tonight?', 'It is so crowded at the fountain.'],
    ...[
      'Where is the Kafra?',
      'I died twice yesterday.',
      'Can you heal me, please?',
      'What do red potions cost?',
    ],
    ...['I have to eat something first.', 'The server was slow last night.', 'Selling three steel, anyone?'],
    ...['What level are you?', 'I have 200 zeny left.', 'The new hats look great.', 'Which way to Geffen?'],
    ...['Thanks a lot!', 'See you later.', 'That was close.', 'My bag is full again.', 'Is the boss up?'],
    ...['I need more arrows.', 'Do you like the rain?', 'I am so tired of grinding.', 'Nice weather today.'],
    ...[
      'Who won the siege?',
      'My guild recruits healers.',
      'How do I become a knight?',
      'Stop following me!',
    ],
    ...['Tell me a joke.', 'I found a card!', 'What is it worth?', 'Trade me?', 'Wait a moment, please.'],
    ...['I forgot what I came for.', 'The music here is lovely.', 'Have you seen my friend?', 'Good luck.'],
    ...['I will be right back.', 'The walk was long.', 'Where can I sell this?', 'What a strange place.'],
  ],
};

/** English, and each language whose file has what was told. */
export const RECALL_LINES: readonly RecallLines[] = [ENGLISH, ...linesOfFiles()];

function linesOfFiles(): RecallLines[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const lines = parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Partial<RecallLines>;
      return { language: name.replace(/\.yaml$/, ''), recall: lines.recall ?? [], talk: lines.talk ?? [] };
    })
    .filter(({ recall }) => recall.length > 0);
}

/** What was told, among what players say all the time. */
export function turnsOf({ recall, talk }: RecallLines): string[] {
  const step = Math.floor(TURNS / recall.length);
  return Array.from({ length: TURNS }, (_, at) => {
    const told = at % step === 3 ? recall[Math.floor(at / step)]?.told : undefined;
    return told ?? talk[at % talk.length] ?? '';
  });
}
