import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newFolderWithAiIpc, ROOT, runProgram, useCli } from '../support/cli-process.ts';
import { MariadbServer } from '../support/mariadb-server.ts';

const page = readFileSync(join(ROOT, 'docs/upgrade.md'), 'utf8');
const server = new MariadbServer({ looksUpNames: true });
/** Who runs the tests is to this server what root of the machine is to the one of Debian. */
const { username } = userInfo();

beforeAll(async () => {
  const { socketPath } = await server.start();
  const connection = await createConnection({ socketPath, user: 'root' });
  await connection.query('CREATE DATABASE ragnarok');
  await connection.query("DROP USER IF EXISTS root@'127.0.0.1', root@'::1'");
  const account = `'${username}'@localhost`;
  await connection.query(`CREATE USER IF NOT EXISTS ${account}`);
  await connection.query(`GRANT ALL ON *.* TO ${account}`);
  await connection.query(
    `ALTER USER ${account} IDENTIFIED VIA mysql_native_password USING 'invalid' OR unix_socket`,
  );
  await connection.end();
});
afterAll(() => server.remove());
useCli();

/** With an .env as in the README, where sudo asks nothing. */
function adminsFolder(): string {
  const folder = newFolderWithAiIpc();
  writeFileSync(join(folder, '.env'), readFileSync(join(ROOT, '.env.example')));
  writeFileSync(join(folder, 'sudo'), '#!/bin/sh\nexec "$@"\n');
  chmodSync(join(folder, 'sudo'), 0o755);
  return folder;
}

async function run(line: string) {
  const cwd = adminsFolder();
  const env = { PATH: `${cwd}:${join(cwd, 'node_modules/.bin')}:${process.env['PATH']}` };
  return await runProgram('bash', ['-euc', line], { cwd, env });
}

it('the line for root on Debian works where unix_socket lets root in', async () => {
  const [line = ''] = /^sudo env DB_PASSWORD= ai-ipc migrate .+$/m.exec(page) ?? [];
  const place = server.address.socketPath.replaceAll('/', '%2F');
  const { exitCode, stdout, stderr } = await run(
    line.replace('root@', `${username}@`).replace('%2Frun%2Fmysqld%2Fmysqld.sock', place),
  );

  expect(exitCode, stderr).toBe(0);
  expect(stdout + stderr).toContain('Now `ai-ipc worker` can serve requests.');
});

it('root at 127.0.0.1 is denied there, as the page says', async () => {
  const { exitCode, stderr } = await run(
    `ai-ipc migrate --database mariadb://${username}@127.0.0.1:${server.address.port}/ragnarok`,
  );

  expect(exitCode).toBe(78);
  expect(stderr).toContain('ERROR database_denied: ');
  expect(page).toContain('`database_denied`');
});
