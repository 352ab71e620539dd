import { type Connection, createConnection } from 'mariadb';
import { lockAndWrite, type Path } from '../src/database/transactions.ts';
import type { MariadbServer } from '../test/support/mariadb-server.ts';
import { median } from './median.ts';

const WRITES_ALONE = 1_000;
/** Of each node. */
const WRITERS = 3;
const COLLISIONS_OF_EACH = 500;
const PACKET_BYTES = 2 ** 20;

/** How the writes of a transaction travel: as we do it, and as other servers get them. */
const WAYS = [
  { name: 'one block', isGalera: true },
  { name: 'several statements', isGalera: false },
] as const;

/** Several nodes write the same two rows, then one alone writes rows of its own. */
export async function galeraCommits(nodes: readonly MariadbServer[]): Promise<void> {
  const connections = await Promise.all(
    nodes.flatMap((node) => Array.from({ length: WRITERS }, () => connect(node))),
  );
  const [first] = connections;
  if (first === undefined) return;
  try {
    await first.query('CREATE TABLE told (id INT PRIMARY KEY, tokens MEDIUMTEXT NOT NULL)');
    await first.query(
      'CREATE TABLE noted (id BIGINT AUTO_INCREMENT PRIMARY KEY, token INT NOT NULL, KEY (token))',
    );
    await first.query("INSERT INTO told VALUES (1, ''), (2, '')");
    for (const way of WAYS) await collide(connections, way);
    await compare(first);
  } finally {
    await Promise.all(connections.map((connection) => connection.end()));
  }
}

async function connect({ address }: MariadbServer): Promise<Connection> {
  const { host, port, user, password } = address;
  const connection = await createConnection({ host, port, user, password, multipleStatements: true });
  await connection.query('CREATE DATABASE IF NOT EXISTS bench_commits');
  await connection.query('USE bench_commits');
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  return connection;
}

let lastToken = 0;

async function write(path: Path, row: number): Promise<number> {
  lastToken += 1;
  const token = lastToken;
  const note = { sql: 'INSERT INTO noted (token) VALUES (?)', values: [token] };
  const tell = { sql: "UPDATE told SET tokens = CONCAT(tokens, ',', ?) WHERE id = ?", values: [token, row] };
  return await lockAndWrite(path, {
    lock: { sql: 'SELECT id FROM told WHERE id = ? FOR UPDATE', values: [row] },
    decide: () => ({ writes: [note, tell, note], result: token }),
    packetBytes: PACKET_BYTES,
  });
}

async function collide(
  connections: readonly Connection[],
  { name, isGalera }: (typeof WAYS)[number],
): Promise<void> {
  const done: number[] = [];
  let undone = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (let times = 0; times < COLLISIONS_OF_EACH; times += 1) {
        try {
          done.push(await write({ connection, isGalera }, 1 + (times % 2)));
        } catch {
          undone += 1;
          await connection.rollback();
        }
      }
    }),
  );
  const [first] = connections;
  const rows = (await first?.query<{ tokens: string }[]>('SELECT tokens FROM told')) ?? [];
  const notes =
    (await first?.query<{ token: number; n: bigint }[]>(
      'SELECT token, COUNT(*) AS n FROM noted GROUP BY token',
    )) ?? [];
  const told = new Set(rows.flatMap(({ tokens }) => tokens.split(',').map(Number)));
  const whole = new Set(
    notes.filter(({ token, n }) => told.has(token) && n === 2n).map(({ token }) => token),
  );
  const lost = done.filter((token) => !whole.has(token)).length;
  process.stdout.write(
    `${connections.length} writers to the same two rows, ${name}: ${done.length} told as done, ` +
      `${lost} of them not there or in part; ${undone} told as undone\n`,
  );
}

/** In turn, so that whatever else the machine does is the same to both. */
async function compare(connection: Connection): Promise<void> {
  const ms = new Map<string, number[]>(WAYS.map(({ name }) => [name, []]));
  for (let times = 0; times < WRITES_ALONE; times += 1) {
    if (times % 100 === 0) await connection.query("UPDATE told SET tokens = ''");
    for (const { name, isGalera } of WAYS) {
      const startMs = performance.now();
      await write({ connection, isGalera }, 1);
      ms.get(name)?.push(performance.now() - startMs);
    }
  }
  for (const [name, each] of ms)
    process.stdout.write(
      `one writer, ${name}: ${median(each).toFixed(2)} ms a transaction (median of ${WRITES_ALONE})\n`,
    );
}
