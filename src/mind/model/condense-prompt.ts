import type { OlderTurns } from '../memory/older-turns.ts';
import { MAX_SUMMARY_CHARACTERS } from '../memory/summary.ts';
import type { Persona } from '../persona/persona.ts';
import type { Prompt } from './prompt.ts';
import { toData } from './prompt-data.ts';
import { dataRules, nameOf, sections } from './prompt-rules.ts';

/** A player may well be called so. */
const EXAMPLE = 'My name is Ana. I come from Geffen.';

/** For what NPCs remember of one player: of the turns, the oldest are left out where not all of them fit. */
export function condensePrompt(persona: Persona, { before, turns }: OlderTurns): Prompt {
  const system = sections([
    `You keep the notes of ${nameOf(persona)}, a character in an online fantasy game, about one player.`,
    dataRules(
      '"notes" holds what was noted before, "turns" what was said since, as pairs of what the player said and what the character answered',
    ),
    [
      '# The notes',
      '- What the player told of himself and is worth knowing for years: name, home, trade, friends, wishes, promises, losses.',
      '- No greetings, no questions, nothing that the character said, nothing that nobody said.',
      `- Short sentences in his own words and language, as he would say them of himself: "${EXAMPLE}"`,
      `- At most ${MAX_SUMMARY_CHARACTERS / 2} characters.`,
    ].join('\n'),
    '# Answer\nAnswer with one JSON object and nothing else:\n{"text": the new notes, with what is still worth knowing of the old ones}',
  ]);
  const remade = (count: number): Prompt => ({
    system,
    user: toData({
      notes: before.sentences,
      turns: turns.slice(turns.length - count).map(({ said, answered }) => [said, answered]),
    }),
    secret: { text: system, speakable: [EXAMPLE] },
    shortened: (fits) => {
      for (let fewer = count - 1; fewer > 0; fewer -= 1) if (fits(remade(fewer))) return remade(fewer);
      return remade(Math.min(count, 1));
    },
  });
  return remade(turns.length);
}
