import { hash } from 'node:crypto';
import { z } from 'zod';
import { AiIpcError } from '../base/errors.ts';

/**
 * An export is lines of JSON, so that it can be cut, compressed, compared and read by anything, and be written and read
 * without more than some lines in memory. First the header; then for each table its rows, an array each, and what ends it.
 * A value is text or null, whatever its column: ids above 2^53 and texts are the same byte for byte. In SQLite
 * it may be bytes, or text that is no UTF-8: `{"bytes": …}` and `{"text": …}`, in hexadecimal digits.
 */
export const FORMAT = 'ai-ipc export 1';

const digits = z.string().regex(/^\d{1,20}$/);
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const headerSchema = z.object({
  format: z.literal(FORMAT),
  schema: z.number(),
  /** Rows of ai_ipc_meta. */
  meta: z.record(z.string(), z.string()),
  /** By table: how many rows follow, and the next id that the table will give. */
  tables: z.record(z.string(), z.object({ rows: z.number(), next_id: digits.optional() })),
});
const endSchema = z.object({ end: z.string(), rows: z.number(), fingerprint: z.string() });
const rowSchema = z.array(
  z.union([z.string(), z.null(), z.strictObject({ text: hex }), z.strictObject({ bytes: hex })]),
);

export type Header = z.infer<typeof headerSchema>;
export type TableEnd = z.infer<typeof endSchema>;
export type Value = string | null | { readonly text: string } | { readonly bytes: string };

export function readHeader(line: string): Header {
  return parsed(headerSchema, line, 'It does not begin as an export of this version of ai-ipc does.');
}

/** A row of a table, or what ends it. */
export function readLine(line: string, place: string): readonly Value[] | TableEnd {
  return parsed(
    z.union([rowSchema, endSchema]),
    line,
    `The line after ${place} is not as \`ai-ipc export\` writes it.`,
  );
}

export function isEnd(line: readonly Value[] | TableEnd): line is TableEnd {
  return 'end' in line;
}

function parsed<T>(schema: z.ZodType<T>, line: string, message: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (error) {
    throw new AiIpcError('bad_export', message, { cause: error });
  }
}

/** Names the state that a header tells of: an import that was ended in its middle goes on with the same one alone. */
export function identityOf(header: Header): string {
  return hash('sha256', JSON.stringify(header)).slice(0, 32);
}

const MODULUS = 2n ** 64n;

/** Says of two sets of lines whether they are the same, in whatever order: a sum of their hashes. */
export class Fingerprint {
  rows = 0;
  #sum = 0n;

  add(line: string): void {
    this.rows += 1;
    this.#sum = (this.#sum + hash('sha256', line, 'buffer').readBigUInt64BE()) % MODULUS;
  }

  toString(): string {
    return this.#sum.toString(16).padStart(16, '0');
  }
}
