import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recollect } from '../memory/fold.ts';
import { shortenMemory } from '../memory/shorten.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import type { PlayerLine } from '../talk/mind.ts';
import { NOTHING, type Turn } from '../talk/recollection.ts';
import { speakPrompt, type Texts } from './prompt.ts';

const { personas } = await loadPersonas();
const TALKS = 50;
/** In the first talks there is little to remember. */
const YOUNG_TALKS = 8;

const textOf = ({ system, user }: Texts) => `${system}\n${user}`;

/** How many characters at the end of a prompt a server has not read with the one before it. */
function newCharacters(before: string, now: string): number {
  let same = 0;
  while (same < before.length && before[same] === now[same]) same += 1;
  return now.length - same;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

const SAID = 'I met three wolves on the road to Payon, and one of them spoke to me';
const ANSWERED =
  'Wolves that speak are rare this side of Geffen; I would write down what it said before supper makes it longer.';

type Change = (at: number) => Partial<PlayerLine>;

/** The prompts of one player's talks with one NPC. */
function promptsOf(change: Change, shortened = (line: PlayerLine) => speakPrompt(line)): string[] {
  const turns: Turn[] = [];
  return Array.from({ length: TALKS }, (_, at) => {
    const said = `${SAID} (${at}).`;
    const line: PlayerLine = {
      ...{ persona: personas[0]!, npcId: 'sage', playerId: 7, message: said, recollection: recollect(turns) },
      ...{ player: { name: 'Ana', level: 9, class: 'Novice' }, location: null, options: [] },
      ...{ language: 'en', maxCharacters: 400 },
      ...change(at),
    };
    turns.push({ said, answered: ANSWERED });
    return textOf(shortened(line));
  });
}

function newInOldTalks(prompts: readonly string[]): number[] {
  return prompts
    .slice(YOUNG_TALKS)
    .map((prompt, at) => newCharacters(prompts[at + YOUNG_TALKS - 1]!, prompt));
}

const WALKS: Change = (at) => ({ location: { map: 'prontera', x: 100 + 3 * at, y: 200 - at } });
const CHOOSES: Change = (at) => ({ options: at % 2 === 0 ? [] : ['Tell me more', 'Sell', 'Goodbye'] });

describe('the prompts of one player and one NPC', () => {
  it.each<[string, Change]>([
    ['stands', () => ({})],
    ['walks', WALKS],
    ['may choose every other time', CHOOSES],
    ['walks, and may choose every other time', (at) => ({ ...WALKS(at), ...CHOOSES(at) })],
    ['rises in level with each talk', (at) => ({ player: { name: 'Ana', level: at, class: 'Novice' } })],
    ['changes the language with each talk', (at) => ({ language: at % 2 === 0 ? 'en' : 'de' })],
  ])('are new by at most 600 characters in the mean when he %s', (_, change) => {
    expect(meanOf(newInOldTalks(promptsOf(change)))).toBeLessThanOrEqual(600);
  });

  it('stay reusable where a small context leaves place for few turns', () => {
    const prompts = promptsOf(WALKS, (line) => {
      const memory = shortenMemory(line.recollection, (one) => JSON.stringify(one).length <= 2_000);
      return speakPrompt({ ...line, recollection: memory });
    });
    expect(meanOf(newInOldTalks(prompts))).toBeLessThanOrEqual(1_200);
  });

  it('have the same beginning, up to what is another with each talk, whatever is said', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const turn = fc.record({ said: text, answered: text });
    fc.assert(
      fc.property(
        fc.array(turn, { maxLength: 8 }),
        turn,
        text,
        fc.array(text),
        (turns, next, words, options) => {
          const line: PlayerLine = {
            ...{ persona: personas[0]!, npcId: 'sage', playerId: 7, message: words, player: null },
            ...{ location: null, options, language: 'en', maxCharacters: 400 },
            recollection: { ...NOTHING, summary: words, turns, recalled: [words] },
          };
          const before = textOf(speakPrompt(line));
          const grown = { ...NOTHING, summary: words, turns: [...turns, next] };
          const now = textOf(speakPrompt({ ...line, recollection: grown, options: [], language: words }));
          const bare = textOf(speakPrompt({ ...line, recollection: { ...NOTHING, summary: words, turns } }));
          const sameWithRecalled = bare.length - newCharacters(before, bare);
          // What was recalled moves nothing that stands before it, and a turn is added behind the others.
          expect(now.length - newCharacters(before, now)).toBeGreaterThanOrEqual(sameWithRecalled - 20);
          expect(sameWithRecalled).toBeGreaterThanOrEqual(speakPrompt(line).system.length);
        },
      ),
    );
  });

  it('have nothing at all for what was recalled where nothing was', () => {
    const line: PlayerLine = {
      ...{ persona: personas[0]!, npcId: 'sage', playerId: 7, message: 'Hi', player: null, location: null },
      ...{
        options: [],
        language: 'en',
        maxCharacters: 400,
        recollection: recollect([{ said: 'Hello.', answered: 'Hm.' }]),
      },
    };
    expect(speakPrompt(line).user).not.toContain('recalled');
  });

  it('have as much of what was recalled as its place takes, the most fitting first', () => {
    const recalled = Array.from(
      { length: 20 },
      (_, at) => `He told of his ${at}th dream, in which he sang at a feast.`,
    );
    const line: PlayerLine = {
      ...{ persona: personas[0]!, npcId: 'sage', playerId: 7, message: 'Hi', player: null, location: null },
      ...{ options: [], language: 'en', maxCharacters: 400, recollection: { ...NOTHING, recalled } },
    };
    const { earlier } = JSON.parse(speakPrompt(line).user) as { earlier: { recalled: string[] } };
    const shown = earlier.recalled;
    expect(shown.length).toBeGreaterThan(5);
    expect(shown).toEqual(recalled.slice(0, shown.length));
    expect(shown.join('').length).toBeLessThanOrEqual(600);
  });
});
