import { messageOf, type RequestError } from '../base/errors.ts';
import type { AttemptEnded, EngineEvents, Events, Statistics } from '../base/events.ts';
import type { Logger } from '../base/logger.ts';
import { ServiceOutage } from './service-outage.ts';

/** While a trouble lasts, one line a minute tells it: a database that is away fails several statements a second. */
const REPEAT_EVERY_MS = 60_000;

const HOLDER_HINT = '`ai-ipc doctor` names the connection that holds them, and the KILL that ends it';

/** Makes every log line of the engine from its events. What players said is not in them; answers are not either. */
export function subscribeLog(events: Events, logger: Logger, nowMs: () => number): void {
  const troubles = new Troubles(nowMs);
  const outage = new ServiceOutage(logger, nowMs);

  logLife(events, logger);
  events.on('claimed', ({ count }) => logger.debug({ count }, 'Claimed'));
  events.on('attemptEnded', (ended) => {
    if (!outage.covers(ended)) logAttempt(logger, ended);
  });
  events.on('settled', ({ dropped }) => {
    if (dropped.length > 0) logger.warn({ request_ids: dropped }, 'Outcomes dropped: their claims were lost');
  });
  events.on('answerRefused', ({ requestId, error }) =>
    logger.error(
      { request_id: requestId, error: messageOf(error) },
      'The database refused to store the answer',
    ),
  );
  events.on('rowsHeld', ({ requestIds }) => {
    if (troubles.isNews('rowsHeld')) {
      logger.warn(
        { request_ids: requestIds, hint: HOLDER_HINT },
        'Answers wait: a transaction that somebody left open holds their requests',
      );
    }
  });
  events.on('overdueHeld', () => {
    if (troubles.isNews('overdueHeld')) {
      logger.warn(
        { hint: HOLDER_HINT },
        'Requests stay past their lives: a transaction that somebody left open holds them',
      );
    }
  });
  events.on('released', ({ count, reason }) => logger.info({ count, reason }, 'Claims released'));
  events.on('rescued', ({ deadWorkerIds, rescued, failed }) =>
    logger.warn(
      { dead_worker_ids: deadWorkerIds, rescued, failed },
      'Dead worker: its requests were taken back',
    ),
  );
  events.on('expired', ({ count }) => logger.warn({ count }, 'Requests expired before they were answered'));
  events.on('cleaned', ({ deleted }) => logger.info({ deleted }, 'Old requests deleted'));
  events.on('attemptAborted', ({ requestId }) =>
    logger.info({ request_id: requestId }, 'Call cut: its request was cancelled or expired'),
  );
  events.on('callBroken', ({ requestId, error }) =>
    logger.error(
      { request_id: requestId, err: error },
      'Call broke off by a bug of AI IPC: please report it',
    ),
  );
  logService(events, logger, outage);
  events.on('storeFailed', ({ part, error }) => {
    if (troubles.isNews(part))
      logger.error({ part, error: messageOf(error) }, 'Database trouble, trying again');
  });
  events.on('storeRecovered', ({ part }) => {
    troubles.end(part);
    logger.info({ part }, 'Database trouble is over');
  });
  events.on('databaseHostChanged', (change) => logHostChange(logger, change));
  events.on('heartbeatLost', ({ workerId, silentMs }) => {
    if (troubles.isNews('heartbeatLost')) {
      logger.error(
        { worker_id: workerId, silent_ms: silentMs },
        'No heartbeat could be written: claiming stops',
      );
    }
  });
  events.on('doorbellFailed', ({ error }) =>
    logger.error({ error: messageOf(error) }, 'Doorbell does not work: new requests are found by polling'),
  );
  logAlerts(events, logger);
  logMonitor(events, logger);
  events.on('statistics', (statistics) => logger.info(statisticsFields(statistics), 'Statistics'));
}

/** Of several hosts of the database, another one is used now. */
export function logHostChange(
  logger: Logger,
  { from, to, reason }: EngineEvents['databaseHostChanged'][0],
): void {
  if (reason === '') logger.info({ from, to }, 'Back on a preferred host of the database');
  else logger.warn({ from, to, reason }, 'Going on with another host of the database');
}

/** What is known of the AI service by its calls. */
function logService(events: Events, logger: Logger, outage: ServiceOutage): void {
  events.on('aiServiceDown', ({ error }) => {
    outage.begin();
    logger.error(errorFields(error), 'AI service is down: claiming stops until it answers again');
  });
  events.on('aiServiceUp', () => outage.end());
  events.on('endpointSlow', ({ endpoint, error }) =>
    logger.error(
      { endpoint, ...errorFields(error) },
      'An endpoint of the AI service does not answer in time: its requests wait, others are served',
    ),
  );
  events.on('endpointAnswers', ({ endpoint }) =>
    logger.info({ endpoint }, 'The endpoint answers in time again'),
  );
}

/** The page of metrics. */
function logMonitor(events: Events, logger: Logger): void {
  events.on('monitorStarted', ({ url }) => logger.info({ url }, 'Metrics are served'));
  events.on('monitorFailed', ({ address, error, retryInMs }) =>
    logger.error(
      { address, error: messageOf(error), retry_in_ms: retryInMs },
      'Metrics cannot be served, trying again',
    ),
  );
}

/** What an admin wants to be told of, and whether he could be. */
function logAlerts(events: Events, logger: Logger): void {
  events.on('alertRaised', ({ name, message, remedy, value, threshold }) =>
    logger.error({ alert: name, value, threshold, reason: message, remedy }, 'Alert'),
  );
  events.on('alertCleared', ({ name }) => logger.info({ alert: name }, 'Alert is over'));
  events.on('webhookFailed', ({ reason, retryInMs }) =>
    logger.error({ error: reason, retry_in_ms: retryInMs }, 'Alert could not be sent, trying again'),
  );
  events.on('webhookRecovered', () => logger.info('Alerts can be sent again'));
}

/** A worker's own beginning and end. */
function logLife(events: Events, logger: Logger): void {
  events.on('workerStarted', ({ workerId, queue, aiService, concurrency }) =>
    logger.info({ worker_id: workerId, queue, ai_service: aiService, concurrency }, 'Worker started'),
  );
  events.on('workerStopping', ({ workerId, inFlight, isForced }) =>
    logger.info(
      { worker_id: workerId, in_flight: inFlight },
      isForced ? 'Worker gives its calls back and stops' : 'Worker finishes its calls and stops',
    ),
  );
  events.on('workerStopped', ({ workerId, unwritten }) => {
    if (unwritten > 0) {
      logger.error(
        { worker_id: workerId, unwritten },
        'Answers could not be written: their requests will be called again',
      );
    }
    logger.info({ worker_id: workerId }, 'Worker stopped');
  });
}

function logAttempt(logger: Logger, ended: AttemptEnded): void {
  const { requestId, attempt, outcome, error, durationMs, isSlow } = ended;
  const fields = { request_id: requestId, attempt, duration_ms: durationMs, ...errorFields(error) };
  if (outcome === 'failed') logger.error(fields, 'Request failed');
  else if (outcome === 'timeout') logger.warn(fields, 'Request timed out');
  else if (outcome === 'retry') logger.warn(fields, 'Attempt failed, will be retried');
  else logger.debug(fields, 'Request completed');
  if (isSlow) logger.warn({ request_id: requestId, duration_ms: durationMs }, 'Slow call');
}

function errorFields(error: RequestError | undefined): Record<string, string> {
  return error === undefined ? {} : { error_code: error.code, error: error.message };
}

function statisticsFields(statistics: Statistics): Record<string, number | null> {
  return {
    processed: statistics.processed,
    failed: statistics.failed,
    timed_out: statistics.timedOut,
    retried: statistics.retried,
    average_processing_ms: statistics.averageProcessingMs,
    queue_depth: statistics.queueDepth,
    uptime_seconds: statistics.uptimeSeconds,
  };
}

/** Which troubles were told when. */
class Troubles {
  readonly #nowMs: () => number;
  readonly #toldMs = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  isNews(trouble: string): boolean {
    const toldMs = this.#toldMs.get(trouble);
    if (toldMs !== undefined && this.#nowMs() - toldMs < REPEAT_EVERY_MS) return false;
    this.#toldMs.set(trouble, this.#nowMs());
    return true;
  }

  end(trouble: string): void {
    this.#toldMs.delete(trouble);
    this.#toldMs.delete('heartbeatLost');
  }
}
