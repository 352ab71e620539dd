import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli, useCli } from '../support/cli-process.ts';
import { newFiles, useTrees } from '../support/rathena-tree.ts';

useCli();
useTrees();

const GOOD = 'prontera,1,1,4\tscript\tGood\t1,{\n\tcallfunc "F_AI_Say", "Good", "Hi";\n\tclose;\n}\n';
const BAD = 'prontera,2,1,4\tscript\tBad\t1,{\n\tcallfunc "F_AI_Sya", "Bad", "Hi";\n\tclose;\n}\n';

describe('ai-ipc rathena lint', () => {
  it('says nothing of the scripts of this package, and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await runCli(['rathena', 'lint', join(ROOT, 'rathena/npc')]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+ scripts in \d+ files: nothing to say\.\n$/);
  });

  it('tells file, line, reason and remedy of what it finds, and ends with 1', async () => {
    const cwd = newFiles({ 'npc/good.txt': GOOD, 'npc/deep/bad.txt': BAD, 'npc/readme.md': 'no script' });

    const { exitCode, stdout } = await runCli(['rathena', 'lint', 'npc'], { cwd });

    expect(exitCode).toBe(1);
    expect(stdout).toBe(
      'npc/deep/bad.txt:2: There is no function F_AI_Sya. [unknown-call]\n' +
        '    Did you mean F_AI_Say?\n' +
        '2 scripts in 2 files: 1 finding.\n',
    );
  });

  it('prints the same as JSON', async () => {
    const cwd = newFiles({ 'good.txt': GOOD, 'bad.txt': BAD });

    const { exitCode, stdout } = await runCli(['rathena', 'lint', 'good.txt', 'bad.txt', '--json'], { cwd });

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      files: 2,
      scripts: 2,
      findings: [
        {
          file: 'bad.txt',
          line: 2,
          rule: 'unknown-call',
          reason: 'There is no function F_AI_Sya.',
          remedy: 'Did you mean F_AI_Say?',
        },
      ],
    });
  });

  it.each([
    ['no file', [], "missing required argument 'files'"],
    ['a file that is not there', ['nothing.txt'], 'ERROR bad_argument: "nothing.txt" cannot be read (ENOENT'],
    ['a folder without scripts', ['empty'], 'ERROR bad_argument: empty has no script'],
    ['an option that there is not', ['good.txt', '--fix'], "unknown option '--fix'"],
  ])('ends with 2 for %s', async (_, words, message) => {
    const cwd = newFiles({ 'good.txt': GOOD, 'empty/a.md': '' });

    const { exitCode, stdout, stderr } = await runCli(['rathena', 'lint', ...words], { cwd });

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
