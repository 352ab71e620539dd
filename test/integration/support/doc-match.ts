import { expect } from 'vitest';

/** What differs from run to run; only their type is compared. */
const VARYING = ['latency_ms', 'uptime_s', 'version', 'tokens'];

/** "…" in a text of the page stands for what it leaves out. */
export function ellipsed(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

/** What a JSON value of the page is to be compared with. */
export function withEllipses(value: unknown): unknown {
  if (typeof value === 'string' && value.includes('…')) return expect.stringMatching(ellipsed(value));
  if (Array.isArray(value)) return value.map(withEllipses);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withEllipses(part)]));
}

export function withoutVarying(answer: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, VARYING.includes(key) ? typeof value : inside(value)]),
  );
}

/** A list of objects, as that of the models: what varies varies there, too. */
function inside(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((one: unknown) => (isObject(one) ? withoutVarying(one) : one));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The places of all values in JSON, such as player.name; those of a list's entries are the list's own. */
export function placesIn(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => placesIn(entry, prefix));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    prefix + key,
    ...placesIn(part, `${prefix}${key}.`),
  ]);
}

/** The same of all values that a JSON schema names. */
export function placesOf(schema: unknown, prefix = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const {
    properties = {},
    items,
    anyOf = [],
    allOf = [],
  } = schema as {
    readonly properties?: Record<string, unknown>;
    readonly items?: unknown;
    readonly anyOf?: readonly unknown[];
    readonly allOf?: readonly unknown[];
  };
  return [
    ...Object.entries(properties).flatMap(([key, part]) => [
      prefix + key,
      ...placesOf(part, `${prefix}${key}.`),
    ]),
    ...[items, ...anyOf, ...allOf].flatMap((part) => placesOf(part, prefix)),
  ];
}
