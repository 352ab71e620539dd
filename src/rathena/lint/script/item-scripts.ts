import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { readAll, type Token } from './tokens.ts';

/** A script of an item, or of a combination of items. */
export interface ItemScript {
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly tokens: readonly Token[];
}

const KEYS = ['Script', 'EquipScript', 'UnEquipScript'];

/**
 * The scripts of an item database in YAML.
 *
 * @throws ScriptFault where one cannot be read.
 */
export function readYamlItems(text: string): ItemScript[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, logLevel: 'silent' });
  const scripts: ItemScript[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !KEYS.includes(String(key.value)) || !isScalar(value)) return;
      if (typeof value.value !== 'string' || !value.range) return;
      const first = lineCounter.linePos(value.range[0]).line;
      // The words behind a `|` begin on the next line.
      const line = value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED' ? first + 1 : first;
      scripts.push(itemOf(String(key.value), value.value, line));
    },
  });
  return scripts;
}

/** The scripts of item_db.txt, as it was until 2021: `501,Red_Potion,…,{ use },{ put on },{ take off }`. */
export function readOldItems(text: string): ItemScript[] {
  const lines = text.split('\n');
  return lines.flatMap((words, index) => {
    if (!/^\d+,/.test(words)) return [];
    return [...words.matchAll(/\{([^{}]*)\}/g)].map(([, script = '']) =>
      itemOf(words.split(',', 2).join(' '), script, index + 1),
    );
  });
}

function itemOf(name: string, text: string, line: number): ItemScript {
  return { name, line, endLine: line + text.split('\n').length - 1, tokens: readAll({ text, at: 0, line }) };
}
