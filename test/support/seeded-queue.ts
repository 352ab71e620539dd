import { DatabaseSync } from '@photostructure/sqlite';
import { openSqliteWithSchema } from '../../src/database/sqlite-schema.ts';
import { createRandom } from './random.ts';

/** A queue as a small game server has it after an hour: five NPCs, some failures, one that healed itself. */
export interface SeededQueue {
  /** How many requests were made in that hour. */
  readonly requests: number;
}

const MINUTES = 62;
const NPCS = [
  ['Sage of Prontera', 'prontera', 10],
  ['Guard of Payon', 'payon', 5],
  ['Kafra Employee', 'geffen', 4],
  ['Merchant Lina', 'morocc', 3],
  ['Old Jon#2', 'alberta', 1],
] as const;
const WORKER = 'mapserver:4711:0badcafe';

const INSERT = `
  INSERT INTO ai_requests (request_type, endpoint, request_data, status, created_at, claimed_at, processed_at, expires_at,
                           available_at, source_npc, source_map, attempts, claim_no, claimed_by, error_code)
  VALUES ('dialogue', '/api/v1/npc/dialogue', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const RESPOND =
  'INSERT INTO ai_responses (request_id, response_data, error_message, processing_time_ms, created_at) VALUES (?, ?, ?, ?, ?)';
const LOG = 'INSERT INTO ai_request_log (request_id, event_type, event_data, created_at) VALUES (?, ?, ?, ?)';

/** Fills a new SQLite file; the same numbers each time, but for the moment that they end at. */
export async function seedQueue(file: string, { perMinute = 30 } = {}): Promise<SeededQueue> {
  const opened = await openSqliteWithSchema(file);
  await opened.close();
  const database = new DatabaseSync(file);
  const random = createRandom(7).next;
  // The last ones had time to end.
  const nowMs = Date.now() - 12_000;
  let requests = 0;
  database.exec('BEGIN');
  for (let minute = MINUTES; minute > 0; minute--) {
    const wave = 1 + 0.5 * Math.sin(minute / 7);
    const count = Math.round(perMinute * wave * (0.7 + 0.6 * random()));
    // Ids and times grow together, as in a queue.
    const moments = Array.from({ length: count }, () => random() * 60_000).sort((a, b) => a - b);
    for (const ms of moments) addRequest(database, nowMs - minute * 60_000 + ms, random);
    requests += count;
  }
  database.exec('COMMIT');
  database.close();
  return { requests };
}

type OpenFile = InstanceType<typeof DatabaseSync>;

function addRequest(database: OpenFile, createdMs: number, random: () => number): void {
  const [npc, map] = chosenNpc(random());
  const luck = random();
  const waitedMs = 3 + random() * 40;
  const aiMs = 250 + 900 * random() ** 3 + (luck > 0.97 ? 3_000 : 0);
  const isHealed = luck > 0.94 && luck <= 0.97;
  const isFailed = luck > 0.985;
  const attempts = isHealed ? 2 : isFailed ? 3 : 1;
  const endMs = createdMs + waitedMs + aiMs * attempts;
  const status = isFailed ? 'failed' : 'completed';
  const errorCode = isFailed ? 'ai_server_error' : isHealed ? 'ai_unavailable' : null;
  const data = JSON.stringify({
    npc_id: npc,
    player_id: 150_000 + Math.floor(random() * 40),
    message: 'Where can I hunt?',
  });
  const times = [at(createdMs), at(createdMs + waitedMs), at(endMs), at(createdMs + 30_000), at(createdMs)];
  const values = [data, status, ...times, npc, map, attempts, attempts, WORKER, errorCode];
  const id = Number(database.prepare(INSERT).run(...values).lastInsertRowid);
  const answer = {
    text: 'South of the gate, where the poring are.',
    tokens: { prompt: 900 + Math.floor(random() * 600), completion: 20 + Math.floor(random() * 60) },
    latency_ms: Math.round(aiMs),
  };
  const failure = 'The AI service answered 500 (Internal Server Error). Its log tells why.';
  const response = isFailed ? [null, failure] : [JSON.stringify(answer), null];
  database.prepare(RESPOND).run(id, ...response, Math.round(aiMs), at(endMs));
  let ms = createdMs + waitedMs;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    log(database, [id, 'claimed', { worker: WORKER, attempt }, ms]);
    ms += aiMs;
    const isLast = attempt === attempts;
    const event = isLast ? status : 'retried';
    const code = event === 'completed' ? {} : { error_code: errorCode };
    log(database, [id, event, { worker: WORKER, attempt, ms: Math.round(aiMs), ...code }, ms + 3]);
  }
}

type LogRow = readonly [id: number, event: string, data: object, ms: number];

function log(database: OpenFile, [id, event, data, ms]: LogRow): void {
  database.prepare(LOG).run(id, event, JSON.stringify(data), at(ms));
}

function chosenNpc(luck: number): readonly [string, string] {
  const total = NPCS.reduce((sum, [, , weight]) => sum + weight, 0);
  let rest = luck * total;
  for (const [npc, map, weight] of NPCS) {
    rest -= weight;
    if (rest < 0) return [npc, map];
  }
  return ['Old Jon#2', 'alberta'];
}

/** As the tables have it. */
function at(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
