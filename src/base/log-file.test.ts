import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';

/** Ten of these fill a file. */
const LINE = `${'x'.repeat(99)}\n`;
const MAX_BYTES = 1_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-ipc-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeTo(path: string, lines: number): void {
  const log = openLogFile({ path, maxBytes: MAX_BYTES });
  for (let line = 0; line < lines; line += 1) log.write(LINE);
}

function sizes(): Record<string, number> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).length]),
  );
}

it('a line is in the file when write returns, and the folder is made', () => {
  const path = join(folder, 'a', 'b', 'w.log');
  const log = openLogFile({ path, maxBytes: MAX_BYTES });
  log.write('ไทย one\n');
  expect(readFileSync(path, 'utf8')).toBe('ไทย one\n');
});

it('a full file is put aside, four such are kept, and each line is in one file', () => {
  writeTo(join(folder, 'w.log'), 73);
  expect(sizes()).toEqual({
    'w.log': 300,
    'w.log.1': 1_000,
    'w.log.2': 1_000,
    'w.log.3': 1_000,
    'w.log.4': 1_000,
  });
});

it('what an earlier run wrote counts, and is kept', () => {
  writeTo(join(folder, 'w.log'), 9);
  writeTo(join(folder, 'w.log'), 2);
  expect(sizes()).toEqual({ 'w.log': 100, 'w.log.1': 1_000 });
});

it('two processes that write into one file put it aside once', () => {
  const path = join(folder, 'w.log');
  const [one, other] = [
    openLogFile({ path, maxBytes: MAX_BYTES }),
    openLogFile({ path, maxBytes: MAX_BYTES }),
  ];
  for (let line = 0; line < 10; line += 1) for (const log of [one, other]) log.write(LINE);
  const written = Object.values(sizes()).reduce((sum, size) => sum + size, 0);
  expect(written).toBe(20 * LINE.length);
  expect(Object.keys(sizes())).toEqual(['w.log', 'w.log.1']);
});

it('where the old file cannot be renamed, the same one goes on', () => {
  const path = join(folder, 'w.log');
  // A folder in the way, which is not deleted as a file is.
  mkdirSync(`${path}.4/x`, { recursive: true });
  writeTo(path, 25);
  expect(readFileSync(path)).toHaveLength(25 * LINE.length);
});

it('a folder that is deleted meanwhile loses lines, and nothing fails', () => {
  const path = join(folder, 'gone', 'w.log');
  const log = openLogFile({ path, maxBytes: MAX_BYTES });
  rmSync(join(folder, 'gone'), { recursive: true });
  for (let line = 0; line < 12; line += 1) log.write(LINE);
  mkdirSync(join(folder, 'gone'));
  for (let line = 0; line < 10; line += 1) log.write(LINE);
  expect(readFileSync(path, 'utf8')).toContain('x');
});

it('a place that cannot be written is refused with the setting to mend', () => {
  writeFileSync(join(folder, 'file'), '');
  chmodSync(join(folder, 'file'), 0o400);
  const open = () => openLogFile({ path: join(folder, 'file', 'w.log'), maxBytes: MAX_BYTES });
  expect(open).toThrow(/w\.log cannot be written \(E(NOTDIR|EXIST)[^)]*\)\. .*LOG_FOLDER/);
});
