import { AiIpcError } from '../base/errors.ts';
import type { DatabaseSettings } from '../config/settings.ts';
import { SCHEMA_VERSION } from '../database/check-schema.ts';
import {
  Fingerprint,
  type Header,
  identityOf,
  isEnd,
  readHeader,
  readLine,
  type Value,
} from './export-format.ts';
import { linesOf } from './export-lines.ts';
import { rowsIn } from './export-queue.ts';
import { countRows, readTable } from './read-tables.ts';
import { TABLES, type TableForm } from './tables.ts';
import { openTarget, type Target } from './target.ts';

export interface ImportOptions {
  readonly database: DatabaseSettings;
  /** The export, as text. */
  readonly chunks: AsyncIterable<string>;
  /** Called for each table when it is written. */
  readonly onTable: (table: string, rows: number) => void;
  /** Told again and again how many rows of all are read; and then, from the first on, how many are compared. */
  readonly onRows?: ((done: number, whole: number) => void) | undefined;
}

export interface ImportResult {
  readonly rows: number;
  /** Whether it was imported here before: then nothing was changed. */
  readonly wasDone: boolean;
  /** How many rows an import that was ended in its middle had left here. */
  readonly foundRows: number;
}

/** Rows that are written in one transaction, and how many characters of them at most. */
const BATCH_ROWS = 1_000;
const BATCH_CHARACTERS = 2 ** 20;

/**
 * Writes an export into a database whose tables are empty, or goes on with the same export where it was ended. Compares
 * all rows in the end. Throws AiIpcError: bad_export, import_refused, import_differs, or as opening the database does.
 */
export async function importQueue({
  database,
  chunks,
  onTable,
  onRows,
}: ImportOptions): Promise<ImportResult> {
  const target = await openTarget(database);
  try {
    const lines = linesOf(chunks);
    const header = readHeader(await nextLine(lines, 'the beginning'));
    refuseOtherSchema(header);
    const rows = rowsIn(header);
    const counter = () => countingUp(rows, onRows);
    const progress = await begin(target, header);
    if (progress.isDone) return { rows, wasDone: true, foundRows: rows };
    // Before the rows: who has no right to do this learns of it at once.
    await setPositions(target, header);
    const expected = await writeTables(target, { lines, progress, onTable, onRow: counter() });
    await compare(target, database.kind, { expected, onRow: counter() });
    await finish(target, header, progress);
    return { rows, wasDone: false, foundRows: progress.foundRows };
  } finally {
    await target.close();
  }
}

function countingUp(whole: number, onRows: ImportOptions['onRows']): () => void {
  let done = 0;
  return () => {
    done++;
    onRows?.(done, whole);
  };
}

/** How far an import is, as it stands in ai_ipc_meta: `identity table rows`, or `identity done`. */
class Progress {
  readonly identity: string;
  table: string;
  rows: number;
  readonly foundRows: number;

  constructor(identity: string, table: string = TABLES[0]?.name ?? '', rows = 0) {
    this.identity = identity;
    this.table = table;
    this.rows = rows;
    this.foundRows = rows;
  }

  static read(text: string): Progress {
    const [identity = '', table = '', rows = '0'] = text.split(' ');
    return new Progress(identity, table, Number(rows));
  }

  get isDone(): boolean {
    return this.table === 'done';
  }

  toString(): string {
    return `${this.identity} ${this.table} ${this.rows}`;
  }

  /** How many rows of this table are written. */
  writtenOf({ name }: TableForm): number {
    const at = TABLES.findIndex((table) => table.name === this.table);
    const index = TABLES.findIndex((table) => table.name === name);
    return index < at ? Number.POSITIVE_INFINITY : index === at ? this.rows : 0;
  }
}

async function nextLine(lines: AsyncGenerator<string>, place: string): Promise<string> {
  const { value, done } = await lines.next();
  if (done)
    throw new AiIpcError(
      'bad_export',
      `It ends after ${place}: it was cut. Run the import again with all of it.`,
    );
  return value;
}

function refuseOtherSchema({ schema }: Header): void {
  if (schema === SCHEMA_VERSION) return;
  throw new AiIpcError(
    'bad_export',
    `It was made of tables of version ${schema}, and these are of version ${SCHEMA_VERSION}. Use the same ai-ipc on both sides.`,
  );
}

async function begin(target: Target, header: Header): Promise<Progress> {
  const identity = identityOf(header);
  const [row] = await target.database.query(target.lockProgress.sql);
  const before = row === undefined ? undefined : Progress.read(String(row['value']));
  const full: string[] = [];
  for (const table of TABLES) if ((await countRows(target.database, table)) > 0) full.push(table.name);
  if (before?.identity === identity && (full.length > 0 || before.rows === 0)) return before;
  if (full.length > 0) throw refusal(full, before);
  const progress = new Progress(identity);
  await target.database.lockAndWrite(target.lockProgress, () => ({
    writes: [target.setMeta('import', String(progress))],
    result: undefined,
  }));
  return progress;
}

function refusal(full: readonly string[], before: Progress | undefined): AiIpcError {
  const isHalf = before !== undefined && !before.isDone;
  const why = isHalf
    ? 'another import was ended here in its middle. Run that one again, with the same export, or begin with an empty database'
    : `there are rows in ${full.join(', ')}. Import into an empty database, with no worker and no AI service on it`;
  return new AiIpcError('import_refused', `Nothing was imported: ${why}.`);
}

interface Writing {
  readonly lines: AsyncGenerator<string>;
  readonly progress: Progress;
  readonly onTable: ImportOptions['onTable'];
  readonly onRow: () => void;
}

/** Writes what is not there yet; returns what each table has to be in the end. */
async function writeTables(target: Target, writing: Writing): Promise<ReadonlyMap<string, Fingerprint>> {
  const expected = new Map<string, Fingerprint>();
  for (const table of TABLES) {
    const fingerprint = await writeTable(target, table, writing);
    expected.set(table.name, fingerprint);
    writing.onTable(table.name, fingerprint.rows);
  }
  return expected;
}

async function writeTable(
  target: Target,
  table: TableForm,
  { lines, progress, onRow }: Writing,
): Promise<Fingerprint> {
  const fingerprint = new Fingerprint();
  const written = progress.writtenOf(table);
  let batch: (readonly Value[])[] = [];
  let characters = 0;
  for (;;) {
    const place = `row ${fingerprint.rows} of ${table.name}`;
    const text = await nextLine(lines, place);
    const line = readLine(text, place);
    if (isEnd(line)) {
      if (batch.length > 0) await writeBatch(target, table, { batch, progress });
      refuseDamaged(table, line, fingerprint);
      return fingerprint;
    }
    fingerprint.add(text);
    onRow();
    if (fingerprint.rows <= written) continue;
    batch.push(line);
    characters += text.length;
    if (batch.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue;
    await writeBatch(target, table, { batch, progress });
    batch = [];
    characters = 0;
  }
}

function refuseDamaged(
  { name }: TableForm,
  end: { end: string; rows: number; fingerprint: string },
  found: Fingerprint,
): void {
  if (end.end === name && end.rows === found.rows && end.fingerprint === String(found)) return;
  throw new AiIpcError(
    'bad_export',
    `The rows of ${name} are not those that were exported (${found.rows} in place of ${end.rows}, or other ones): it was damaged on its way. Begin anew with an empty database.`,
  );
}

/** Rows and how far it is, in one transaction: whatever ends it, both are there or none. */
async function writeBatch(
  target: Target,
  table: TableForm,
  { batch, progress }: { readonly batch: readonly (readonly Value[])[]; readonly progress: Progress },
): Promise<void> {
  const before = String(progress);
  const rows = (progress.table === table.name ? progress.rows : 0) + batch.length;
  const after = new Progress(progress.identity, table.name, rows);
  await target.database.lockAndWrite(target.lockProgress, ([row]) => {
    if (row?.['value'] !== before) {
      throw new AiIpcError(
        'import_refused',
        'Another import is at work on this database: this one was ended.',
      );
    }
    const writes = [...target.insert(table, batch), target.setMeta('import', String(after))];
    return { writes, result: undefined };
  });
  progress.table = table.name;
  progress.rows = rows;
}

async function setPositions(target: Target, header: Header): Promise<void> {
  for (const table of TABLES) {
    const nextId = header.tables[table.name]?.next_id;
    if (table.counts && nextId !== undefined) await target.setNextId(table, nextId);
  }
}

/** Reads back every row: what this database could not take as it is, shows here. */
async function compare(
  target: Target,
  kind: DatabaseSettings['kind'],
  { expected, onRow }: { readonly expected: ReadonlyMap<string, Fingerprint>; readonly onRow: () => void },
): Promise<void> {
  for (const table of TABLES) {
    const found = new Fingerprint();
    for await (const lines of readTable(target.database, kind, table))
      for (const line of lines) {
        found.add(line);
        onRow();
      }
    const wanted = expected.get(table.name);
    if (found.rows === wanted?.rows && String(found) === String(wanted)) continue;
    throw new AiIpcError(
      'import_differs',
      `${table.name} has ${found.rows} rows and the export ${wanted?.rows}, or a value is not the same: a worker is at work here, or this database cannot take a value as it is (a number or text too large for its column, bytes that are no text, a time with microseconds).`,
    );
  }
}

async function finish(target: Target, header: Header, progress: Progress): Promise<void> {
  const done = new Progress(progress.identity, 'done', progress.rows);
  await target.database.lockAndWrite(target.lockProgress, () => ({
    writes: [
      ...Object.entries(header.meta).map(([name, value]) => target.setMeta(name, value)),
      // Where an AI service has been at work before, with no memory yet.
      target.setMeta('npc_words', 'missing'),
      target.setMeta('import', String(done)),
    ],
    result: undefined,
  }));
}
