import { EMOTIONS, type Emotion } from '../language/emotion.ts';
import { toKey } from '../language/words.ts';
import type { ModelAnswer } from './read-answer.ts';

/** Some models name it otherwise. */
const SPOKEN_FIELDS: readonly string[] = [
  'text',
  'response',
  'message',
  'reply',
  'answer',
  'content',
  'dialogue',
  'speech',
];

/** The words of an answer that kept to no form, else the first of the usual fields that is a text. */
export function textIn(answer: ModelAnswer): string {
  if (answer.kind === 'words') return answer.words;
  return SPOKEN_FIELDS.map((name) => fieldIn(answer, name)).find((text) => text !== '') ?? '';
}

export function fieldIn(answer: ModelAnswer, name: string): string {
  const value = answer.kind === 'fields' ? answer.fields[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The option whose number, or whose own words, the model chose. */
export function optionIn(answer: ModelAnswer, options: readonly string[]): string | undefined {
  const choice = answer.kind === 'fields' ? (answer.fields['choice'] ?? answer.fields['action']) : undefined;
  if (typeof choice === 'number') return options[choice - 1];
  if (typeof choice !== 'string') return undefined;
  return options.find((option) => toKey(option) === toKey(choice)) ?? options[Number(choice) - 1];
}

/** The one of these that plain words name; undefined when they name none, or several. */
export function namedIn<Name extends string>(answer: ModelAnswer, names: readonly Name[]): Name | undefined {
  if (answer.kind !== 'words') return undefined;
  const words = ` ${toKey(answer.words).replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const named = names.filter((name) =>
    words.includes(
      ` ${toKey(name)
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()} `,
    ),
  );
  return named.length === 1 ? named[0] : undefined;
}

export function emotionIn(answer: ModelAnswer): Emotion | undefined {
  const name = fieldIn(answer, 'emotion').trim().toLowerCase();
  return isEmotion(name) ? name : undefined;
}

export function isEmotion(name: string | undefined): name is Emotion {
  return name !== undefined && Object.hasOwn(EMOTIONS, name);
}

export function numberIn(
  answer: ModelAnswer,
  name: string,
  { from, to }: { from: number; to: number },
): number | undefined {
  const value = answer.kind === 'fields' ? answer.fields[name] : undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Math.min(to, Math.max(from, number));
}
