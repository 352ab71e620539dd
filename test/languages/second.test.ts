import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { factsIn } from '../../src/mind/brain/player-facts.ts';
import { loadPersonas } from '../../src/mind/persona/persona-book.ts';
import { type Answered, type MeantLine, talk } from './lines.ts';

/** What somebody wrote who had not seen the packs: eleven everyday lines, seven of a chat, six that are harmless, and six names. */
interface SecondLines {
  readonly everyday: readonly MeantLine[];
  readonly chat: readonly MeantLine[];
  readonly friendly: readonly string[];
  readonly names: readonly { readonly said: string; readonly name: string }[];
}

const FOLDER = join(import.meta.dirname, 'second');
const book = await loadPersonas();
const show = ({ said, why, text }: Answered) => `${said} → ${why}: ${text}`;
const wrongOf = (answers: readonly Answered[]) => answers.filter(({ isRight }) => !isRight).map(show);

describe.each(readdirSync(FOLDER).map((name) => name.replace('.yaml', '')))('%s', (code) => {
  const lines = parse(readFileSync(join(FOLDER, `${code}.yaml`), 'utf8')) as SecondLines;
  const [greeting] = lines.everyday;

  it.each(['neutral', 'sage-of-prontera'])('is understood by %s, nine of eleven', async (id) => {
    const answers = await talk(book, { npc: book.find(id), lines: lines.everyday });
    expect(answers).toHaveLength(11);
    expect(wrongOf(answers).slice(2)).toEqual([]);
  });

  it('is understood as people write it in a chat, five of seven', async () => {
    const answers = await talk(book, { npc: book.find(null), lines: [greeting!, ...lines.chat] });
    expect(answers).toHaveLength(8);
    expect(wrongOf(answers.slice(1)).slice(2)).toEqual([]);
  });

  it('has no insult in what is harmless', async () => {
    const meant = lines.friendly.map((said): MeantLine => ({ said, intent: ['insult', 'indecent'] }));
    const answers = await talk(book, { npc: book.find(null), lines: [greeting!, ...meant] });
    const insulted = answers.slice(1).filter(({ isRight }) => isRight);
    expect(insulted.map(show)).toEqual([]);
  });

  it('has every name heard that is told', () => {
    const nameIn = (said: string) => factsIn(said, code).findLast(({ kind }) => kind === 'name')?.value;
    const wrong = lines.names.filter(({ said, name }) => nameIn(said) !== name);
    expect(wrong.map(({ said }) => `${said} → ${nameIn(said)}`)).toEqual([]);
  });
});
