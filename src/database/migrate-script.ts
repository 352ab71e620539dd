import type { Connection } from 'mariadb';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { isRetryable, toDatabaseError } from './database-errors.ts';

export interface LockWait {
  /** How long one statement waits for a table or a row; everybody behind it waits as long. */
  readonly seconds: number;
  readonly tries: number;
  /** The rest between two tries, in which everybody else gets through. */
  readonly pauseMs: number;
}

export interface ScriptRun {
  readonly connection: Connection;
  /** The database as people know it. */
  readonly name: string;
  readonly onStep: (text: string) => void;
  readonly lockWait: LockWait;
  /** Connections of this migrate, which are not what holds it up. */
  readonly ownThreadIds: readonly number[];
  readonly signal: AbortSignal | undefined;
  /** A statement in this server's own words, made when its turn has come; null for one that has nothing to do. */
  readonly adapt?: (statement: string) => Promise<string | null>;
}

/** Runs statements one after the other. What a lock or a deadlock stops is tried again, a transaction as a whole. */
export async function runStatements(run: ScriptRun, statements: readonly string[]): Promise<void> {
  let told: string | undefined;
  for (const unit of toUnits(statements)) {
    const step = unit.map(describe).find((text) => text !== undefined);
    if (step !== undefined && step !== told) run.onStep(step);
    told = step ?? told;
    await retryLocked(run, async () => {
      for (const statement of unit) await runOne(run, statement);
    });
  }
}

async function runOne({ connection, adapt }: ScriptRun, statement: string): Promise<void> {
  const adapted = adapt === undefined ? statement : await adapt(statement);
  if (adapted !== null) await connection.query(adapted);
}

/** Throws AiIpcError (migrate_blocked) when the locks did not come free, and what else `work` throws. */
export async function retryLocked(run: ScriptRun, work: () => Promise<void>): Promise<void> {
  const { tries, pauseMs } = run.lockWait;
  for (let tried = 1; ; tried++) {
    if (run.signal?.aborted)
      throw new AiIpcError('aborted', 'The migrate was ended while it waited. Nothing was lost.');
    try {
      await work();
      return;
    } catch (error) {
      if (!isRetryable(error)) throw error;
      await run.connection.query('ROLLBACK');
      const holders = await describeHolders(run);
      if (tried >= tries) throw blockedError(run, holders, error);
      run.onStep(`Another connection is in the way (${holders}): trying again, ${tried + 1} of ${tries}.`);
    }
    await systemClock.sleep(pauseMs, run.signal);
  }
}

/** Each statement on its own, but from START TRANSACTION to COMMIT as one. */
function toUnits(statements: readonly string[]): string[][] {
  const units: string[][] = [];
  let isOpen = false;
  for (const statement of statements) {
    const last = units.at(-1);
    if (isOpen && last) last.push(statement);
    else units.push([statement]);
    isOpen = statement === 'START TRANSACTION' || (isOpen && statement !== 'COMMIT');
  }
  return units;
}

/** What takes its time, in a word; undefined for the rest. */
function describe(statement: string): string | undefined {
  const [, verb = '', table] = /^(ALTER TABLE|UPDATE|DELETE \w+ FROM) `(\w+)`/.exec(statement) ?? [];
  if (table === undefined) return undefined;
  if (verb === 'ALTER TABLE') return `Changing the table ${table}.`;
  return verb === 'UPDATE'
    ? `Looking for rows of ${table} to mend.`
    : `Moving surplus rows of ${table}, if there are any, to ai_request_log.`;
}

function blockedError({ name, lockWait }: ScriptRun, holders: string, cause: unknown): AiIpcError {
  return new AiIpcError(
    'migrate_blocked',
    `${name}: a table stayed in use through ${lockWait.tries} tries of ${lockWait.seconds} s (${holders}). Nothing was ` +
      'lost. Wait for it or end it, or stop the map server and the workers, and run `ai-ipc migrate` again: it goes on ' +
      'where it stopped.',
    { cause },
  );
}

/** Open transactions, those in this database first, the oldest first. Never their statements: players' words. */
const HOLDERS = `
  SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.COMMAND AS command, p.TIME AS seconds
    FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
   WHERE p.ID NOT IN (?)
   ORDER BY COALESCE(p.DB = DATABASE(), 0) DESC, t.trx_started
   LIMIT 3`;

interface Holder {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly command: string;
  readonly seconds: number;
}

/** ER_SPECIFIC_ACCESS_DENIED_ERROR: INNODB_TRX asks for PROCESS. */
const ACCESS_DENIED = 1227;

async function describeHolders({ connection, ownThreadIds, name }: ScriptRun): Promise<string> {
  try {
    const holders = await connection.query<Holder[]>(HOLDERS, [ownThreadIds]);
    if (holders.length === 0) return 'SHOW PROCESSLIST tells which';
    return holders
      .map(
        ({ id, user, host, command, seconds }) =>
          `connection ${id} of ${user}@${host}, ${command} for ${seconds} s`,
      )
      .join('; ');
  } catch (error) {
    const { errno } = error as { errno?: unknown };
    if (errno === ACCESS_DENIED) return 'the right PROCESS would show which';
    throw toDatabaseError(error, name);
  }
}
