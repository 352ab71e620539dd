import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Settings } from '../config/load.ts';
import type { QueueFacts } from '../store/queue-facts.ts';
import type { ServerFacts } from '../store/server-facts.ts';
import type { FileFacts } from '../store/sqlite-facts.ts';
import { callFindings } from './ai-calls.ts';
import { lookAtService, type ServiceFacts, serviceFindings } from './ai-service.ts';
import { alertFindings } from './alerts.ts';
import { diskFindings } from './disk.ts';
import { doorbellFindings } from './doorbell.ts';
import { broken, type Finding, ok, warning } from './finding.ts';
import { memoryFindings } from './memory.ts';
import { findingsOf, withoutRepeats } from './parts.ts';
import { livingOf, queueFindings } from './queue-findings.ts';
import { serverFindings } from './server-findings.ts';
import { tableFindings } from './table-findings.ts';

/** What each part may take; they are looked at side by side, so that this is about all. */
const DATABASE_LIMIT_MS = 3_500;
const SERVICE_LIMIT_MS = 2_500;

/** Looks at everything that the settings lead to. It changes nothing, and never throws for what it finds. */
export async function examine(settings: Settings, version: string): Promise<Finding[]> {
  const serviceLook = lookAtService(settings.worker, SERVICE_LIMIT_MS).catch(
    (error: unknown): ServiceFacts => ({ trouble: messageOf(error), isRefusal: true }),
  );
  const databaseLook = lookAtDatabase(settings).catch(databaseTrouble);
  const [service, database] = await Promise.all([serviceLook, databaseLook]);
  const aboutService = serviceFindings(service, settings.worker.aiServiceBaseUrl);
  if ('verdict' in database) return [database, ...aboutService];
  const { queue, findings, folder } = database;
  const aboutCalls = aiCallFindings(queue, settings.worker).map((finding) =>
    ofService(finding, aboutService),
  );
  const otherCause = causeIn([...findings, ...aboutService, ...aboutCalls]);
  return withoutRepeats([
    ...findings,
    ...queueFindings(queue, { settings: settings.worker, version, otherCause }),
    ...(await doorbellFindings(livingOf(queue))),
    ...(await memoryFindings(livingOf(queue))),
    ...aboutCalls,
    ...aboutService,
    ...(await diskFindings(folder)),
    ...(await alertFindings(queue, { settings: settings.alerts, folder })),
  ]);
}

interface DatabaseFindings {
  readonly queue: QueueFacts;
  readonly findings: readonly Finding[];
  /** Where it keeps its files, on this machine. */
  readonly folder: string | undefined;
}

async function lookAtDatabase({ database }: Settings): Promise<DatabaseFindings> {
  if (database.kind === 'sqlite') {
    const { lookAtFile } = await import('../store/sqlite-facts.ts');
    const facts = await lookAtFile(database.file);
    return { queue: facts.queue, findings: fileFindings(facts), folder: facts.folder };
  }
  const { lookAtServer } = await import('../store/mariadb-facts.ts');
  const facts: ServerFacts = await lookAtServer(database, DATABASE_LIMIT_MS);
  return {
    queue: facts.queue,
    findings: [...serverFindings(facts), ...tableFindings(facts, database.database)],
    folder: facts.folder,
  };
}

/** Each error of ours ends with what to do. */
function databaseTrouble(error: unknown): Finding {
  const remedy =
    error instanceof AiIpcError && error.code === 'database_unknown' && /no such file/.test(error.message)
      ? 'Go into the folder of your .env, or name the database (--database, DB_HOST); ai-ipc worker makes a new file.'
      : 'The last sentence says it; docs/errors.md has more. The server: sudo systemctl status mariadb';
  return broken('database', { reason: messageOf(error), remedy, symptom: 'No requests being processed' });
}

const NO_CALLS = { count: 0, oldestSeconds: 0 };

/** What keeps requests waiting, wherever it is at fault; the first of these that is. */
const CAUSES = ['held rows', 'keys', 'AI service', 'AI calls'];

/** The part that is known to keep requests waiting, as its line is called. */
function causeIn(findings: readonly Finding[]): string | undefined {
  const isAtFault = ({ part, verdict }: Finding, cause: string) =>
    part === cause && (verdict === 'broken' || (cause === 'AI calls' && verdict === 'warning'));
  const cause = CAUSES.find((name) => findings.some((finding) => isAtFault(finding, name)));
  return cause === undefined ? undefined : `the line “${cause}”`;
}

function aiCallFindings(queue: QueueFacts, settings: Settings['worker']): readonly Finding[] {
  return findingsOf('AI calls', queue.calls, (last) =>
    findingsOf('AI calls', queue.calling, (underWay) =>
      // What a dead worker was at is no call any more.
      callFindings(last, livingOf(queue).length > 0 ? underWay : NO_CALLS, settings),
    ),
  );
}

/** Calls to a service that is down fail for no reason of their own. */
function ofService(finding: Finding, aboutService: readonly Finding[]): Finding {
  const isDown = aboutService.some(({ verdict }) => verdict === 'broken');
  return isDown && finding.remedy !== null
    ? { ...finding, remedy: 'What mends the line “AI service”.' }
    : finding;
}

function fileFindings({
  version,
  schemaVersion,
  neededSchemaVersion,
  integrity,
  lostKeys,
}: FileFacts): Finding[] {
  return [
    ok('database', `It answers: SQLite ${version}.`),
    ...findingsOf('schema', schemaVersion, (found) => [
      found === neededSchemaVersion
        ? ok('schema', `Version ${found}, whole.`)
        : broken('schema', {
            reason: `The tables are of version ${found}, and this ai-ipc needs version ${neededSchemaVersion}.`,
            remedy: found > neededSchemaVersion ? 'Update ai-ipc here (UPGRADING.md).' : 'ai-ipc migrate',
            symptom: 'No requests being processed',
          }),
    ]),
    ...findingsOf('integrity', integrity, (state) => [
      state === undefined || state === 'ok'
        ? ok('integrity', state === undefined ? 'Not checked: the file is large.' : 'The file is whole.')
        : broken('integrity', {
            reason: `The file is damaged: ${state}.`,
            remedy:
              'Stop worker and service, and put back a backup; sqlite3 FILE .recover saves what it can.',
          }),
    ]),
    ...findingsOf('keys', lostKeys, (lost) =>
      lost.length === 0
        ? [ok('keys', 'Every index is there.')]
        : [
            warning('keys', {
              reason: `There is no index ${lost.join(', ')}: statements that name it are refused.`,
              remedy: 'ai-ipc migrate',
              symptom: 'No requests being processed',
            }),
          ],
    ),
  ];
}
