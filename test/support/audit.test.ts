import { expect, it, onTestFinished } from 'vitest';
import { ROOT, runProgram, useCli } from './cli-process.ts';
import { startRegistryStub } from './registry-stub.ts';

useCli();

async function audit(advisories: object | number) {
  const registry = await startRegistryStub(advisories);
  onTestFinished(() => registry.close());
  const env = { npm_config_registry: registry.url };
  return await runProgram(process.execPath, ['test/audit.js', 'vulnerabilities'], { cwd: ROOT, env });
}

it('a clean answer passes', async () => {
  const { exitCode, stdout } = await audit({});
  expect(stdout).toBe('vulnerabilities: none are bad\n1 passed, 0 failed\n');
  expect(exitCode).toBe(0);
});

it('an advisory for a version that is in use fails, with what it says', async () => {
  const advisory = {
    ...{ id: 1, url: 'https://example.org/1', title: 'Reads too much', severity: 'high' },
    ...{ vulnerable_versions: '<99', cwe: [], cvss: { score: 8, vectorString: null } },
  };
  const { exitCode, stdout } = await audit({ yaml: [advisory] });
  expect(stdout).toMatch(
    /^FAILED vulnerabilities: yaml, high: Reads too much \(https:\/\/example\.org\/1\)$/m,
  );
  expect(stdout).toMatch(/\n0 passed, 1 failed\n$/);
  expect(exitCode).toBe(1);
});

/** npm 9 tries an older address then, which there is not (404). */
it('a registry that does not answer is told, and is no failure', async () => {
  const { exitCode, stdout } = await audit(405);
  expect(stdout).toMatch(
    /^left out: npm could not ask about vulnerabilities \(.*40[45].*\)\n0 passed, 0 failed\n$/,
  );
  expect(exitCode).toBe(0);
});
