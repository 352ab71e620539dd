import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOfflineMind } from '../../src/mind/brain/offline-mind.ts';
import { packCodes, packOf } from '../../src/mind/language/pack-book.ts';
import { createPersonaBook, loadPersonas } from '../../src/mind/persona/persona-book.ts';
import { parsePersona } from '../../src/mind/persona/persona-yaml.ts';
import { NOTHING } from '../../src/mind/talk/recollection.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/languages.md'), 'utf8');
const { personas } = await loadPersonas();

/** Each persona of the page, and the lines in the table behind it with the rule that answers. */
const examples = [...page.matchAll(/```yaml\n# (\w+)\.yaml.*\n([^`]+)```\n\n((?:\|.*\n)+)/g)].map(
  ([, id = '', text = '', table = '']) => ({
    persona: parsePersona(text, { id, path: `${id}.yaml` }),
    lines: table
      .split('\n')
      .slice(2, -1)
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map(([, said = '', rule = '']) => ({ said, rule })),
  }),
);

describe('docs/languages.md', () => {
  it('names every language that has a pack, and every key of one', () => {
    for (const code of packCodes()) expect(page).toContain(`| \`${code}\` | `);
    for (const key of Object.keys(packOf('en') ?? {})) expect(page).toContain(`\`${key}\``);
  });

  it('shows a persona in Thai, Japanese, Korean and Portuguese, with ten lines each', () => {
    expect(examples.map(({ persona }) => persona.language)).toEqual(['th', 'ja', 'ko', 'pt-BR']);
    for (const { lines } of examples) expect(lines).toHaveLength(10);
  });

  it.each(examples)('has lines that $persona.name answers as it says', ({ persona, lines }) => {
    const mind = createOfflineMind(createPersonaBook([persona, ...personas]));
    const explain = (message: string) =>
      mind.explain({
        ...{ persona, npcId: persona.id, playerId: 1, message, recollection: NOTHING, player: null },
        ...{ location: null, options: [], language: persona.language, maxCharacters: 400 },
      });
    expect(lines.map(({ said }) => `${said}: ${explain(said).replace(/^rule /, '')}`)).toEqual(
      lines.map(({ said, rule }) => `${said}: ${rule}`),
    );
  });
});
