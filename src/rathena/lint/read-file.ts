import { readBlocks } from './script/blocks.ts';
import { Cursor } from './script/cursor.ts';
import { readOldItems, readYamlItems } from './script/item-scripts.ts';
import { parseBody } from './script/parse-statements.ts';
import type { Script } from './script/script.ts';
import { ScriptFault, type Token } from './script/tokens.ts';

/** Whatever a rule speaks of. Item databases of 5 MB take seconds as YAML, and are left unread without it. */
const OURS = /\bF_AI_|\bai_(?:db|json)_/i;
const USAGE = /^\/\/[ \t]*(F_AI_\w+\([^\n]*\))[ \t]*\r?$/gm;

export interface ReadFile {
  readonly scripts: readonly Script[];
  /** What could not be read: the map server would not load it either. */
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

/** A database of items: `.yml`, or lists of before 2021. */
export function isItemList({ path, text }: { readonly path: string; readonly text: string }): boolean {
  return isYaml(path) || /^\d+,[^\n]*\{/m.test(text);
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/**
 * The scripts of a file; of a database of items, where it names something of ours or one of these functions. `text` is
 * latin1.
 */
export function readScripts(file: string, text: string, asking: readonly string[] = []): ReadFile {
  const scripts: Script[] = [];
  const faults: { line: number; message: string }[] = [];
  const usages = new Map(
    [...text.matchAll(USAGE)].map(([, usage = '']) => [usage.replace(/\(.*/, ''), usage]),
  );
  const guard = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ScriptFault)) throw error;
      faults.push({ line: error.line, message: error.message });
    }
  };
  guard(() => {
    for (const { tokens, ...block } of blocksOf(file, text, asking))
      guard(() => {
        scripts.push({ ...block, file, body: bodyOf(tokens, block.endLine), usage: usages.get(block.name) });
      });
  });
  return { scripts, faults };
}

interface TokenBlock extends Pick<Script, 'kind' | 'name' | 'line' | 'endLine'> {
  readonly tokens: readonly Token[];
}

function blocksOf(file: string, text: string, asking: readonly string[]): readonly TokenBlock[] {
  if (!isItemList({ path: file, text })) return readBlocks(text);
  if (!OURS.test(text) && !asking.some((name) => text.includes(name))) return [];
  return (isYaml(file) ? readYamlItems(text) : readOldItems(text)).map((item) => ({ kind: 'item', ...item }));
}

function bodyOf(tokens: readonly Token[], endLine: number): Script['body'] {
  return parseBody(new Cursor(tokens, endLine));
}
