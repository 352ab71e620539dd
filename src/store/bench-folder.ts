import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { sqliteName } from '../database/database-name.ts';
import {
  BENCH_MARK,
  type BenchGround,
  type BenchPlace,
  type OtherPlace,
  type Others,
  type Stranger,
} from './bench-place.ts';

const PREFIX = 'ai-ipc-bench-';
const FORM = /^ai-ipc-bench-[0-9a-f]{12}$/;
const MARK_FILE = 'made-by-ai-ipc-bench.txt';
const DATABASE_FILE = 'bench.sqlite';
/** All that a bench and SQLite make there. */
const OURS = [MARK_FILE, DATABASE_FILE, ...['-wal', '-shm', '-journal'].map((end) => DATABASE_FILE + end)];

/** The folder of the embedded database: another one may be on another disk. */
export function openBenchFolder(file: string): BenchGround {
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new AiIpcError('storage_failed', `The folder ${folder} is not there: a bench measures its disk.`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new AiIpcError(
      'storage_failed',
      `${file} is a folder: name the file of the queue in it, there or not yet (--database sqlite:${join(file, 'ai_ipc.sqlite')}).`,
    );
  return {
    name: sqliteName(file),
    facts: { version: 'SQLite', settings: {} },
    findOthers: async () => findOthers(folder),
    removeOther: async (name) => removeOther(folder, name),
    make: async (owner) => make(folder, owner),
    close: async () => undefined,
  };
}

function make(parent: string, owner: string): BenchPlace {
  const name = `${PREFIX}${randomBytes(6).toString('hex')}`;
  const folder = join(parent, name);
  const mark = join(folder, MARK_FILE);
  translated(() => {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(mark, `${BENCH_MARK}\n${owner}\n${new Date().toISOString()}\n`);
  });
  return {
    name,
    settings: { kind: 'sqlite', file: join(folder, DATABASE_FILE) },
    beat: async () => utimesSync(mark, new Date(), new Date()),
    remove: async () => removeFolder(folder),
  };
}

function findOthers(parent: string): Others {
  const places: OtherPlace[] = [];
  const strangers: Stranger[] = [];
  const names = translated(() => readdirSync(parent))
    .filter((entry) => FORM.test(entry))
    .sort();
  for (const name of names) {
    const other = look(parent, name);
    if (other === undefined) continue;
    if ('why' in other) strangers.push(other);
    else places.push(other);
  }
  return { places, strangers };
}

/** undefined where it has gone meanwhile. */
function look(parent: string, name: string): OtherPlace | Stranger | undefined {
  const folder = join(parent, name);
  const mark = join(folder, MARK_FILE);
  try {
    if (!statSync(folder).isDirectory()) return { name, why: 'it is no folder' };
    const foreign = readdirSync(folder).filter((entry) => !OURS.includes(entry));
    if (foreign.length > 0)
      return { name, why: `it has files that no bench makes (${foreign.slice(0, 3).join(', ')})` };
    if (!existsSync(mark)) return { name, why: 'there is no mark of ai-ipc bench in it' };
    const [words, owner = '', startedAt = ''] = readFileSync(mark, 'utf8').split('\n');
    if (words !== BENCH_MARK) return { name, why: 'there is no mark of ai-ipc bench in it' };
    const { mtimeMs } = statSync(mark);
    return { name, owner, startedAt, beat: String(mtimeMs), silentMs: Date.now() - mtimeMs };
  } catch (error) {
    if (!existsSync(folder)) return undefined;
    return { name, why: `it cannot be read (${messageOf(error)})` };
  }
}

/** Looked at once more: what is deleted is what was seen. */
function removeOther(parent: string, name: string): void {
  const other = FORM.test(name) ? look(parent, name) : undefined;
  if (other === undefined || 'why' in other) return;
  removeFolder(join(parent, name));
}

/** By their names, and the mark last: what anybody else has put there stays, and a half of it is known for what it is. */
function removeFolder(folder: string): void {
  translated(() => {
    for (const file of [...OURS].reverse()) rmSync(join(folder, file), { force: true });
    rmdirSync(folder);
  });
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new AiIpcError(
      'storage_failed',
      `${messageOf(error)}. Check that you may write there, and that the disk has room.`,
      { cause: error },
    );
  }
}
