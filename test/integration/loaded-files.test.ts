import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runCli, useCli } from '../support/cli-process.ts';

const DRIVER = '/node_modules/mariadb/';
/** Nobody listens there. */
const MARIADB = 'mariadb://nobody@127.0.0.1:1/nothing';

useCli();

/** The files of the driver that a command had loaded at its end. V8 lists all files with its coverage. */
async function driverFilesOf(command: string, database: string): Promise<string[]> {
  const folder = newFolder();
  const env = { NODE_V8_COVERAGE: folder, DB_PASSWORD: '' };
  const { stderr } = await runCli([...command.split(' '), '--database', database], { env });
  const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const paths = reports.flatMap((text) =>
    (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
  );
  expect(paths, stderr).toContainEqual(expect.stringMatching(/\/dist\/cli\/main\.js$/));
  return paths.filter((path) => path.includes(DRIVER));
}

describe('the MariaDB driver', () => {
  it.each(['config check', 'request test /echo', 'status 1', 'response 1', 'cancel 1', 'cleanup'])(
    'is not loaded by %s on SQLite',
    async (command) => {
      expect(await driverFilesOf(command, 'sqlite')).toEqual([]);
    },
  );

  it('is not loaded by config check on MariaDB, which connects to nothing', async () => {
    expect(await driverFilesOf('config check', MARIADB)).toEqual([]);
  });

  it('is loaded by a command that connects to MariaDB', async () => {
    expect(await driverFilesOf('status 1', MARIADB)).not.toEqual([]);
  });
});
