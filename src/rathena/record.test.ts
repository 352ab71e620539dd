import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RECORD_FILE, readRecord } from './record.ts';

const GOOD = {
  version: '0.1.0',
  files: { 'src/custom/ai_ipc/a.h': 'print' },
  previous: { 'src/custom/ai_ipc/a.h': 'older print' },
  folders: ['src/custom/ai_ipc'],
  endedWithoutNewline: ['src/custom/script.inc'],
  putAside: { 'npc/custom/x.txt': 'npc/custom/x.txt.yours' },
  alreadyThere: ['npc/custom/y.txt'],
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ai-ipc-record-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(record: unknown): void {
  mkdirSync(dirname(join(root, RECORD_FILE)), { recursive: true });
  writeFileSync(join(root, RECORD_FILE), JSON.stringify(record));
}

it('a record is read as it was written', () => {
  write(GOOD);
  expect(readRecord(root)).toEqual(GOOD);
});

it.each([
  ['a list', [GOOD]],
  ['null', null],
  ['no version', { ...GOOD, version: 1 }],
  ['no table of files', { ...GOOD, files: ['src/a.h'] }],
  ['a file outside of the tree', { ...GOOD, files: { '../a.h': 'print' } }],
  ['a file from the root', { ...GOOD, previous: { '/etc/passwd': 'print' } }],
  ['a fingerprint that is no text', { ...GOOD, files: { 'a.h': 7 } }],
  ['no list of folders', { ...GOOD, folders: {} }],
  ['a folder outside of the tree', { ...GOOD, folders: ['src/../../etc'] }],
  ['a folder that is no text', { ...GOOD, folders: [7] }],
  ['a place outside of the tree', { ...GOOD, putAside: { 'a.txt': '../a.txt' } }],
  ['no lines that lacked their end', { ...GOOD, endedWithoutNewline: undefined }],
  ['a path with an odd letter', { ...GOOD, alreadyThere: ['a b.txt'] }],
])('what cannot be understood is refused, and never used: %s', (_, record) => {
  write(record);
  expect(() => readRecord(root)).toThrow(expect.objectContaining({ code: 'rathena_conflict' }));
});
