import { beforeEach, describe, expect, it } from 'vitest';
import { PARITY_ANSWERS, PARITY_PATHS } from '../support/parity-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { useMapServers } from './harness/map-server.ts';
import { ScriptLibrary } from './script-library.ts';

const startMapServer = useMapServers();
const queue = useQueue();
/** An answer is text in the database: bytes that are none cannot be stored. */
const CODEPAGES = ['utf8mb4', 'latin1', 'euckr', 'cp932', 'gbk', 'big5'] as const;
const TIMEOUT_MS = 300_000;
/** What differs for so long is no chance: a database that failed is asked again after a second. */
const LASTING_MS = 30_000;

beforeEach(async () => await queue().clear());

/** All answers, each as the response of a request that has ended; their ids. */
async function storeAnswers(): Promise<number[]> {
  const ids = await queue().insert(PARITY_ANSWERS.length, '/echo');
  const rows = ids.map((id, at) => [id, PARITY_ANSWERS[at]!]);
  const connection = await queue().database.connect();
  await connection.batch('INSERT INTO ai_responses (request_id, response_data) VALUES (?, ?)', rows);
  await connection.query("UPDATE ai_requests SET status = 'completed', processed_at = NOW(3)");
  await connection.end();
  return ids;
}

/** What a script shows of an answer, by path, and cleaned. */
async function shownBy(library: ScriptLibrary, id: number): Promise<Readonly<Record<string, string>>> {
  const response = await library.call('F_AI_Response', id);
  const shown: Record<string, string> = { response: String(response) };
  for (const path of PARITY_PATHS)
    shown[`at ${path}`] = String(await library.call('F_AI_JsonText', response, path));
  shown['clean'] = String(await library.call('F_AI_Clean', shown['at ']!));
  shown['option'] = String(await library.call('F_AI_CleanOption', shown['at ']!));
  shown['name'] = String(await library.call('F_AI_CleanName', shown['at ']!));
  return shown;
}

function differencesOf(
  commands: Readonly<Record<string, string>>,
  sql: Readonly<Record<string, string>>,
): object[] {
  return Object.keys(commands)
    .filter((what) => commands[what] !== sql[what])
    .map((what) => ({ what, commands: commands[what], sql: sql[what] }));
}

/** On a busy machine a statement may take longer than it is given: then both are asked again when it has been left in peace. */
async function lastingDifferences(find: () => Promise<object[]>): Promise<object[]> {
  let found = await find();
  const endMs = performance.now() + LASTING_MS;
  while (found.length > 0 && performance.now() < endMs) found = await find();
  return found;
}

it('the table has at least 200 answers', () => {
  expect(PARITY_ANSWERS.length).toBeGreaterThanOrEqual(200);
});

describe.each(CODEPAGES)('in %s, the same bytes with the C++ commands and over SQL', (codepage) => {
  it('for every answer and path', { timeout: TIMEOUT_MS }, async () => {
    const ids = await storeAnswers();
    const server = await startMapServer(queue().settings, { settings: `client_codepage: ${codepage}\n` });
    const commands = new ScriptLibrary(await queue().database.connect(), server);
    const sql = new ScriptLibrary(await queue().database.connect());
    for (const library of [commands, sql]) library.setCodepage(codepage);
    const differences: object[] = [];
    for (const [at, id] of ids.entries()) {
      const found = await lastingDifferences(async () =>
        differencesOf(await shownBy(commands, id), await shownBy(sql, id)),
      );
      if (found.length > 0) differences.push({ answer: PARITY_ANSWERS[at], found });
    }
    expect(differences).toEqual([]);
  });
});
