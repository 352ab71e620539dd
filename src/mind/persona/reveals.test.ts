import { describe, expect, it } from 'vitest';
import { AiIpcError } from '../../base/errors.ts';
import { personaLacks } from './persona-lacks.ts';
import { parsePersona } from './persona-yaml.ts';
import { sortReveals } from './reveals.ts';

const KEY = 'The key to the cellar hangs behind the third barrel.';

function personaWith(reveals: unknown, more: Record<string, unknown> = {}) {
  const file = {
    ...{ name: 'Marla', role: 'innkeeper', place: 'Prontera', language: 'en', greeting: ['Hm?'] },
    ...{ rules: [{ name: 'one', patterns: ['hello'], answers: ['Hello.'] }], fallback: ['No idea.'] },
  };
  const text = JSON.stringify({ ...file, reveals, ...more });
  return parsePersona(text, { id: 'marla', path: '/personas/marla.yaml' });
}

describe('the reveals of a persona', () => {
  it('are locked but for those that the game names', () => {
    const persona = personaWith([
      { name: 'key', text: KEY },
      { name: 'song', text: 'She sang as a girl.' },
    ]);
    const namesOf = (names?: readonly string[]) => {
      const { open, locked } = sortReveals(persona, names);
      return [open.map(({ name }) => name), locked.map(({ name }) => name)];
    };
    expect(namesOf()).toEqual([[], ['key', 'song']]);
    expect(namesOf(['song'])).toEqual([['song'], ['key']]);
    expect(namesOf(['Song', 'other'])).toEqual([[], ['key', 'song']]);
  });

  it.each([
    ['a name with a blank', [{ name: 'the key', text: KEY }], 'reveals[0].name: must be a name of 1 to 50'],
    ['a name of 51 letters', [{ name: 'k'.repeat(51), text: KEY }], 'reveals[0].name: must be a name'],
    ['no name', [{ text: KEY }], 'reveals[0].name: is missing'],
    ['no text', [{ name: 'key' }], 'reveals[0].text: is missing'],
    ['a text of 401 characters', [{ name: 'key', text: 'k'.repeat(401) }], 'reveals[0].text: '],
    ['a placeholder', [{ name: 'key', text: 'It is {player}.' }], 'reveals[0].text: is told as it stands'],
    [
      'one name twice',
      [
        { name: 'key', text: KEY },
        { name: 'key', text: 'Another.' },
      ],
      'reveals[1].name: is the name of reveals[0], too',
    ],
    ['a bad pattern', [{ name: 'key', text: KEY, patterns: ['(key'] }], 'reveals[0].patterns[0]: '],
    ['an unknown intent', [{ name: 'key', text: KEY, intent: 'helllo' }], 'reveals[0].intent: "helllo"'],
    ['a key that there is not', [{ name: 'key', txt: KEY }], 'reveals[0]: there is no key txt'],
    ['21 of them', Array.from({ length: 21 }, (_, at) => ({ name: `n${at}`, text: KEY })), 'reveals: '],
    ['lines in place of them', [KEY], 'reveals[0]: must be a section of keys'],
  ])('with %s are refused with the file and the key', (_, reveals, reason) => {
    const read = () => personaWith(reveals);
    expect(read).toThrow(AiIpcError);
    expect(read).toThrow('The persona file /personas/marla.yaml cannot be used');
    expect(read).toThrow(reason);
  });

  it.each([
    ['knowledge', { knowledge: [`Between us: ${KEY}`] }],
    ['a rule', { rules: [{ name: 'key', patterns: ['key'], answers: [KEY.toUpperCase()] }] }],
    ['a mood', { moods: { angry: { openers: [KEY] } } }],
    ['a reason', { reasons: { help: [KEY] } }],
  ])('that %s tells as well are no secret, and persona check says so', (_, more) => {
    const [lack, ...others] = personaLacks(personaWith([{ name: 'cellar_key', text: KEY }], more));
    expect(lack).toContain('The reveal cellar_key is no secret');
    expect(others).toEqual([]);
    expect(personaLacks(personaWith([{ name: 'cellar_key', text: KEY }]))).toEqual([]);
  });
});
