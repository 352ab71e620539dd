import { AiIpcError } from '../base/errors.ts';

/** No line of ours is longer: the largest answer, escaped, in the form of a row. */
const LONGEST_LINE = 2 ** 28;

/**
 * The lines of a stream of text. Not node:readline, for which U+2028 in what a player said ends a line. Throws
 * AiIpcError (bad_export) where the last line has no end: the file was cut.
 */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = chunk.split('\n');
    parts[0] = rest + parts[0];
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE)
      throw new AiIpcError('bad_export', 'A line is too long: this is no export.');
    yield* parts;
  }
  if (rest !== '') throw new AiIpcError('bad_export', 'It ends in the middle of a line: it was cut.');
}
