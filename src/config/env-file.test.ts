import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENV_TABLE } from '../../test/support/env-table.ts';
import type { Uses } from './env-faults.ts';
import { type EnvFile, readEnvText } from './env-file.ts';
import { readSources } from './sources.ts';

const USES: Uses = new Map([
  ['DB_PASSWORD', 'secret'],
  ['DB_USER', 'plain'],
]);
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-env-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function read(text: string): EnvFile {
  writeFileSync(join(cwd, '.env'), text);
  return readSources({ env: {}, cwd }).envFile;
}

describe('.env is read as its table says', () => {
  it.each(ENV_TABLE)('$text', ({ text, variables, problems, warnings }) => {
    expect(read(text)).toMatchObject({ variables, problems, warnings });
  });
});

describe('whatever a password is,', () => {
  const pieces = ['a', 'Q', ' ', '\t', '#', '"', "'", '`', '\\', 'n', '$', '=', '\n', '\u00a0', '\nDB_USER='];
  const password = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 10 });
  const before = fc.constantFrom('', 'DB_USER=u\n', 'OTHER=it\'s "#1"\n', "OTHER='\n");
  const behind = fc.constantFrom('', '\n', '\r\n', '\nDB_USER=u', '\nOTHER="\n', "\nOTHER=it's '\n");
  const quote = fc.constantFrom('', '"', "'", '`');

  it('it comes out as it was written, or a problem or a warning tells of it', () => {
    fc.assert(
      fc.property(password, quote, before, behind, (value, around, ...[first, last]) => {
        // Without quotes, a value is one line and begins with none; a line behind its closing quote is another one.
        fc.pre(around === '' ? !/^[ \t]*["'`]|\n/.test(value) : !/\n/.test(value) || !value.includes(around));
        const file = readEnvText(`${first}DB_PASSWORD=${around}${value}${around}${last}`, USES);
        const meant = around === '' ? value.replace(/^[ \t]+|[ \t]+$/g, '') : value;
        const isTold = file.problems.length + file.warnings.length > 0;
        expect(isTold || file.variables['DB_PASSWORD'] === meant).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('no problem and no warning shows it', () => {
    const letters = fc.string({ unit: fc.constantFrom('xyzzy', ...pieces.slice(2, -1)), maxLength: 8 });
    fc.assert(
      fc.property(letters, quote, (value, around) => {
        const { problems, warnings } = readEnvText(
          `DB_PASSWORD=${around}${value}${around}\nxyzzy ${value}\n`,
          USES,
        );
        expect([...problems, ...warnings].join()).not.toContain('xyzzy');
      }),
    );
  });
});
