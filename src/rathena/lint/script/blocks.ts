import { readBody, ScriptFault, skipBlank, type Token } from './tokens.ts';

/** `script`, or `script(DISABLED)` and its kind. */
const SCRIPT = /^script(?:\([^)]*\))?$/i;

/** A script of a file. */
export interface Block {
  readonly kind: 'npc' | 'function' | 'item';
  readonly name: string;
  /** The line of its header. */
  readonly line: number;
  readonly tokens: readonly Token[];
  readonly endLine: number;
}

/**
 * The scripts of an NPC file, in their order. A header is a line of words with tabs between: `place⇥script⇥name⇥sprite,{`
 * or `function⇥script⇥name⇥{`. Lines of other kinds (monster, warp, shop, mapflag) have no script.
 *
 * @throws ScriptFault for what the map server would not load.
 */
export function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = new LineCounter(text);
  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, at)) {
    const lineEnd = endOfLine(text, at);
    const words = text.slice(at, lineEnd).split('\t');
    const line = lines.at(at);
    const opening = openingOf(text, words, { at, lineEnd });
    if (opening === undefined) {
      at = lineEnd;
      continue;
    }
    if (opening < 0) throw new ScriptFault('a script has no opening brace on the line of its header', line);
    const { tokens, end } = readBody({ text, at: opening + 1, line });
    const [place = '', , name = ''] = words;
    const kind = place.trim().toLowerCase() === 'function' ? 'function' : 'npc';
    blocks.push({ kind, name: name.trim(), line, tokens, endLine: lines.at(end - 1) });
    at = end;
  }
  return blocks;
}

/** Where its brace is: undefined for a line without a script, -1 for a script without a brace. */
function openingOf(
  text: string,
  words: readonly string[],
  { at, lineEnd }: { readonly at: number; readonly lineEnd: number },
): number | undefined {
  if (words.length < 4 || !SCRIPT.test(words[1]?.trim() ?? '')) return undefined;
  const brace = text.indexOf('{', at + words.slice(0, 3).join('\t').length);
  return brace >= 0 && brace < lineEnd ? brace : -1;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The line of a place; places come in rising order, so that a file is gone through once. */
class LineCounter {
  readonly #text: string;
  #lineEnd: number;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#lineEnd = text.indexOf('\n');
  }

  at(place: number): number {
    while (this.#lineEnd >= 0 && this.#lineEnd < place) {
      this.#line += 1;
      this.#lineEnd = this.#text.indexOf('\n', this.#lineEnd + 1);
    }
    return this.#line;
  }
}
