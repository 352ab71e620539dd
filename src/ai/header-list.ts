/** The characters of a header's name and of its value, as RFC 9110 has them. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The connection's own business: with these a call could hide a second request behind the first. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * What is wrong with a header, as the end of a sentence that begins with its name; undefined when it can be sent. The
 * value is not quoted: it may be a key.
 *
 * undici checks this, too, but not in time: in 7.30 a call that it throws out leaves its connection marked as busy,
 * and the pool never uses that one again.
 */
export function headerFault(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'is no HTTP header name';
  if (RESERVED.has(name.toLowerCase())) return 'belongs to the connection and cannot be set';
  if (!VALUE.test(value)) return 'has a value with characters that HTTP does not allow; percent-encode them';
  return undefined;
}

/** The headers that every call has, as undici's flat list: name, value, name, value. */
export class HeaderList {
  readonly #flat: readonly string[];
  readonly #valueAt = new Map<string, number>();

  /** The second argument's headers replace those of the first with the same name. */
  constructor(defaults: Readonly<Record<string, string>>, configured: Readonly<Record<string, string>>) {
    const merged = new Map<string, string>(Object.entries(defaults));
    for (const [name, value] of Object.entries(configured)) merged.set(name.toLowerCase(), value);
    this.#flat = [...merged].flat();
    for (const [index, name] of [...merged.keys()].entries()) this.#valueAt.set(name, index * 2 + 1);
  }

  /** The list with a call's own headers, which replace those with the same name. */
  with(added: Readonly<Record<string, string>>): string[] {
    const flat = this.#flat.slice();
    for (const [name, value] of Object.entries(added)) {
      const index = this.#valueAt.get(name.toLowerCase());
      if (index === undefined) flat.push(name, value);
      else flat[index] = value;
    }
    return flat;
  }
}
