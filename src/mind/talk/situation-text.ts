/** A value of the context and the names that lead to it. */
export interface Leaf {
  readonly key: string;
  readonly value: string | number | boolean | null;
}

/** A context of a megabyte is read to here: no game event has more facts than this. */
const MAX_LEAVES = 500;

/** The keys and values of an event as one text. */
export function textOf(context: Readonly<Record<string, unknown>> | string): string {
  if (typeof context === 'string') return context;
  return leavesOf(context)
    .map(({ key, value }) => `${key} ${value ?? ''}`)
    .join('. ');
}

/** Not recursive: a context may be nested as deep as JSON allows. */
export function leavesOf(context: Readonly<Record<string, unknown>>): Leaf[] {
  const leaves: Leaf[] = [];
  const waiting: { key: string; value: unknown }[] = [{ key: '', value: context }];
  for (let next = waiting.pop(); next && leaves.length < MAX_LEAVES; next = waiting.pop()) {
    const { key, value } = next;
    if (value === null || typeof value !== 'object') leaves.push({ key, value: toScalar(value) });
    else if (Array.isArray(value))
      waiting.push(...value.slice(0, MAX_LEAVES).map((one: unknown) => ({ key, value: one })));
    else waiting.push(...childrenOf(value));
  }
  return leaves;
}

function childrenOf(value: object): { key: string; value: unknown }[] {
  return Object.entries(value)
    .slice(0, MAX_LEAVES)
    .map(([key, one]: [string, unknown]) => ({ key, value: one }));
}

function toScalar(value: unknown): Leaf['value'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
