import { isUtf8 } from 'node:buffer';

/** The text of a file that a person wrote, or what is wrong with its bytes and what to do. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const SAVE = 'Save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)';

/**
 * UTF-8 with or without a byte order mark, or UTF-16 with one, as Windows PowerShell writes it with `>`. Anything else is
 * refused with its line: read by guess, a Portuguese name is wrong in silence, and a Thai word list matches nothing.
 * `name` is the file as people know it.
 */
export function decodeText(bytes: Uint8Array, name: string): DecodedText {
  const encoding = utf16Of(bytes) ?? 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    const line = lineOfNul(text);
    if (line === undefined) return { kind: 'text', text };
    return problem(`${name}, line ${line}: this is not text, or UTF-16 without its mark. ${SAVE}.`);
  } catch {
    // The decoder says no more than that it is wrong.
    if (encoding !== 'utf-8') return problem(`${name} is cut or broken UTF-16. ${SAVE}.`);
    return problem(
      `${name}, line ${lineOfFirstBad(bytes)}: this is not UTF-8 text, but likely the code page of Windows ("ANSI"). ${SAVE}.`,
    );
  }
}

function utf16Of([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function lineOfNul(text: string): number | undefined {
  const index = text.indexOf('\0');
  return index < 0 ? undefined : text.slice(0, index).split('\n').length;
}

/** Lines are what is between bytes of 0x0A, which is in no other character of UTF-8. */
function lineOfFirstBad(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const isLast = end < 0;
    if (isLast || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

function problem(text: string): DecodedText {
  return { kind: 'problem', problem: text };
}
