import type { Form } from './message.ts';

/** Asked for are option_1, option_2 …: many a model gives a list of them. */
const SERIES = /^(?:option|line)_1$/;
/** Where an entry of the list is an object, what it holds is called so. */
const TEXT_NAMES = ['text', 'line', 'option', 'says', 'dialogue', 'content'] as const;

/** Whether a value is the list of what was asked for one by one. */
export function isSeries(value: unknown, { needs }: Form): boolean {
  if (!SERIES.test(needs) || !Array.isArray(value) || value.length < 2) return false;
  return value.every((entry: unknown) => textOf(entry) !== undefined);
}

/** The list by the names that were asked for. */
export function toSeries(value: unknown, { fields }: Form): Readonly<Record<string, string>> {
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  return Object.fromEntries(
    fields.flatMap((name, at) => {
      const text = textOf(values[at]);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function textOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const found = TEXT_NAMES.map((name): unknown => Reflect.get(entry, name)).find(
    (one) => typeof one === 'string',
  );
  return typeof found === 'string' ? found : undefined;
}
