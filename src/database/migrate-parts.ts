import { messageOf } from '../base/errors.ts';
import type { Row } from './database.ts';
import { toDatabaseError } from './database-errors.ts';
import { errnoOf } from './migrate-connection.ts';
import { runStatements, type ScriptRun } from './migrate-script.ts';

interface Part {
  readonly name: string;
  readonly right: string;
}

const PROCEDURE_NAME = 'sp_ai_cleanup_old_requests';
const PROCEDURE: Part = { name: `procedure ${PROCEDURE_NAME}`, right: 'CREATE ROUTINE and ALTER ROUTINE' };
const EVENT: Part = { name: 'event evt_ai_cleanup_old_requests', right: 'EVENT' };
/** Access denied: to the database, the table, for want of a right, to the procedure; and events switched off for good. */
const SCHEDULER_DISABLED = 1577;
const REFUSED: ReadonlySet<number | undefined> = new Set([1044, 1142, 1227, 1370, SCHEDULER_DISABLED]);

/**
 * The file as the plain client loads it, but for rights that may be missing: the worker cleans up too. Returns how many of
 * procedure and event were missing and are there now.
 */
export async function loadPresentSchema(run: ScriptRun, statements: readonly string[]): Promise<number> {
  const procedure = statements.filter((statement) => partOf(statement) === 'PROCEDURE');
  const before = await countParts(run);
  let hasProcedure = true;
  for (const statement of statements) {
    const part = partOf(statement);
    if (part === undefined) await runStatements(run, [statement]);
    else if (part === 'EVENT') hasProcedure && (await tryToMake(run, [statement], EVENT));
    else if (statement === procedure.at(-1)) hasProcedure = await makeProcedure(run, procedure);
  }
  return (await countParts(run)) - before;
}

/** Those that this user may see. */
const COUNT_PROCEDURES = `
  SELECT COUNT(*) AS parts FROM information_schema.ROUTINES
   WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME = '${PROCEDURE_NAME}'`;
const COUNT_EVENTS = `
  SELECT COUNT(*) AS parts FROM information_schema.EVENTS
   WHERE EVENT_SCHEMA = DATABASE() AND EVENT_NAME = 'evt_ai_cleanup_old_requests'`;

async function countParts({ connection }: ScriptRun): Promise<number> {
  const count = async (sql: string) => Number((await connection.query<Row[]>(sql))[0]?.['parts'] ?? 0);
  return (await count(COUNT_PROCEDURES)) + (await count(COUNT_EVENTS).catch(noneIfDisabled));
}

/** MariaDB shows no event where the scheduler is switched off for good. */
function noneIfDisabled(error: unknown): number {
  if (errnoOf(error) === SCHEDULER_DISABLED) return 0;
  throw error;
}

/** MySQL's DROP comes before the CREATE, and may be refused as that may. */
function partOf(statement: string): string | undefined {
  return /^(?:CREATE|\/\*!\d+ DROP) .*?\b(PROCEDURE|EVENT)\b/.exec(statement)?.[1];
}

/**
 * Only where there is another one: MySQL has to drop it first, and takes everybody's right on it away with it. Where that
 * must be, the rights are given again.
 */
async function makeProcedure(run: ScriptRun, statements: readonly string[]): Promise<boolean> {
  const comment = /^\s*COMMENT '([^']*)'/m.exec(statements.join('\n'))?.[1];
  const found = await run.connection.query<Row[]>(FIND_COMMENT, [PROCEDURE_NAME]);
  if (found[0]?.['comment'] === comment) return true;
  const callers = await callersOf(run);
  const isMade = await tryToMake(run, statements, PROCEDURE);
  if (isMade) await giveRightsAgain(run, callers);
  return isMade;
}

const FIND_COMMENT = `
  SELECT ROUTINE_COMMENT AS comment
    FROM information_schema.ROUTINES
   WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE' AND ROUTINE_NAME = ?`;
/** Where nobody but an administrator may look. */
const CALLERS = `
  SELECT User AS user, Host AS host
    FROM mysql.procs_priv
   WHERE Db = DATABASE() AND Routine_type = 'PROCEDURE' AND Routine_name = ? AND FIND_IN_SET('Execute', Proc_priv) > 0`;

interface Caller {
  readonly user: string;
  readonly host: string;
}

/** Who was given the procedure by its name; nobody, as far as this user may see. */
async function callersOf({ connection }: ScriptRun): Promise<Caller[]> {
  try {
    return await connection.query<Caller[]>(CALLERS, [PROCEDURE_NAME]);
  } catch (error) {
    if (REFUSED.has(errnoOf(error))) return [];
    throw error;
  }
}

/** On MariaDB they are there still, and to give them twice does no harm. */
async function giveRightsAgain({ connection, onStep }: ScriptRun, callers: readonly Caller[]): Promise<void> {
  for (const { user, host } of callers) {
    const grant = `GRANT EXECUTE ON PROCEDURE ${PROCEDURE_NAME} TO '${quoted(user)}'@'${quoted(host)}'`;
    try {
      await connection.query(grant);
    } catch (error) {
      if (!REFUSED.has(errnoOf(error))) throw error;
      onStep(
        `The ${PROCEDURE.name} is a new one, and a right on it was lost. Run as the administrator: ${grant}`,
      );
    }
  }
}

function quoted(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll("'", "''");
}

async function tryToMake(
  run: ScriptRun,
  statements: readonly string[],
  { name, right }: Part,
): Promise<boolean> {
  try {
    await runStatements(run, statements);
    return true;
  } catch (error) {
    if (!REFUSED.has(errnoOf(error))) throw error;
    const reason = toDatabaseError(error, run.name).message.split(' Check ', 1)[0] ?? messageOf(error);
    const remedy = `To have it, give this user the right ${right} and run \`ai-ipc migrate\` again.`;
    run.onStep(
      `The ${name} was not made (${reason}). Going on without it: the worker deletes old requests too. ` +
        // What to do about a scheduler that is off is said at the end.
        (errnoOf(error) === SCHEDULER_DISABLED ? '' : remedy),
    );
    return false;
  }
}
