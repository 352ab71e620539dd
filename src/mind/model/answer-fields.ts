import type { Reading } from '../../reading/message.ts';
import { EMOTIONS, type Emotion } from '../language/emotion.ts';
import { toKey } from '../language/words.ts';

/** What the NPC says: the words of an answer that kept to no form, else their field. */
export function textIn(reading: Reading): string {
  return reading.kind === 'words' ? reading.words : fieldIn(reading, 'text');
}

export function fieldIn(reading: Reading, name: string): string {
  const value = reading.kind === 'fields' ? reading.fields[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The option whose number, or whose own words, the model chose. */
export function optionIn(reading: Reading, options: readonly string[]): string | undefined {
  const choice =
    reading.kind === 'fields' ? (reading.fields['choice'] ?? reading.fields['action']) : undefined;
  if (typeof choice === 'number') return options[choice - 1];
  if (typeof choice !== 'string') return undefined;
  // Asked for is a number, also where options are numbers themselves.
  return options[Number(choice) - 1] ?? options.find((option) => toKey(option) === toKey(choice));
}

/** The one of these that plain words name; undefined when they name none, or several. */
export function namedIn<Name extends string>(reading: Reading, names: readonly Name[]): Name | undefined {
  if (reading.kind !== 'words') return undefined;
  const words = ` ${toKey(reading.words).replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const named = names.filter((name) =>
    words.includes(
      ` ${toKey(name)
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()} `,
    ),
  );
  return named.length === 1 ? named[0] : undefined;
}

export function emotionIn(reading: Reading): Emotion | undefined {
  const name = fieldIn(reading, 'emotion').trim().toLowerCase();
  return isEmotion(name) ? name : undefined;
}

export function isEmotion(name: string | undefined): name is Emotion {
  return name !== undefined && Object.hasOwn(EMOTIONS, name);
}

export function numberIn(
  reading: Reading,
  name: string,
  { from, to }: { from: number; to: number },
): number | undefined {
  const value = reading.kind === 'fields' ? reading.fields[name] : undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Math.min(to, Math.max(from, number));
}
