import { readFileSync } from 'node:fs';
import { decodeText } from '../../base/decode-text.ts';
import { AiIpcError, messageOf } from '../../base/errors.ts';

/** Far above what a request may have (65,535 bytes), which is refused in its own words. */
const MAX_BYTES = 1_048_576;

export const QUOTES_HINT =
  'Where the shell takes the quotes away (cmd, PowerShell), write the JSON into a file and give @FILE, or - for standard input.';

/**
 * JSON as an argument: the text itself, `@FILE` for that of a file, `-` for standard input. No JSON begins with @, and none
 * is a lone minus.
 *
 * @throws AiIpcError bad_argument when the file cannot be read, or has no text.
 */
export async function dataFrom(argument: string): Promise<string> {
  if (argument === '-') return textOf(await readStandardInput(), 'Standard input');
  if (!argument.startsWith('@')) return argument;
  return textOf(readDataFile(argument.slice(1)), argument.slice(1));
}

function readDataFile(path: string): Uint8Array {
  if (path === '')
    throw new AiIpcError('bad_argument', '@ is followed by no name. Give the file with the JSON: @FILE');
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AiIpcError(
      'bad_argument',
      `${path} cannot be read (${messageOf(error)}). Behind @ stands the name of a file with the JSON, from the current folder on.`,
      { cause: error },
    );
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.length;
    if (size > MAX_BYTES)
      throw new AiIpcError('data_too_large', `Standard input has more than ${MAX_BYTES} bytes.`);
  }
  return Buffer.concat(parts);
}

function textOf(bytes: Uint8Array, name: string): string {
  const decoded = decodeText(bytes, name);
  if (decoded.kind === 'text') return decoded.text.trim();
  throw new AiIpcError('bad_argument', decoded.problem);
}
