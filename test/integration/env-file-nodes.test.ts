import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCli } from '../support/cli-process.ts';
import { ENV_TABLE } from '../support/env-table.ts';
import { installNode, NODE_VERSIONS, versionOf } from '../support/node-versions.js';

const PRINTER = fileURLToPath(new URL('../support/print-env-table.js', import.meta.url));
/** Five downloads of some 50 MB, the first time. */
const INSTALL_TIMEOUT_MS = 600_000;
const programs = new Map<string, string>();

useCli();
beforeAll(async () => {
  await Promise.all(NODE_VERSIONS.map(async (version) => programs.set(version, await installNode(version))));
}, INSTALL_TIMEOUT_MS);

function programOf(version: string): string {
  const program = programs.get(version);
  if (program === undefined) throw new Error(`Node ${version} is not installed`);
  return program;
}

/** What this Node prints for the texts of the table. */
function tableOn(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [PRINTER], (error, stdout) => (error ? reject(error) : resolve(stdout)));
    child.stdin?.end(JSON.stringify(ENV_TABLE.map(({ text }) => text)));
  });
}

describe('.env gives the same values, problems and warnings', () => {
  it.each(NODE_VERSIONS)('on Node %s', async (version) => {
    const program = programOf(version);

    expect(await versionOf(program)).toBe(`v${version}`);
    expect(JSON.parse(await tableOn(program))).toEqual(ENV_TABLE);
  });
});
