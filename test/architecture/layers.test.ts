import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findBadNames,
  findEmptyRows,
  findEnvReaders,
  findEventListeners,
  findFolderCycles,
  findImportCycles,
  findLargeRooms,
  findLayerBreaks,
  findLongFiles,
  findProcessUses,
  findStraySql,
  findUpwardRows,
  importsOf,
  MAY_IMPORT,
  readSources,
  type SourceFile,
} from './source-rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const sources = readSources(ROOT, ['src']);
const everything = readSources(ROOT, ['src', 'test', 'bench', 'bin']);

describe('the source', () => {
  it('is found', () => {
    expect(sources.map(({ path }) => path)).toContain('src/base/errors.ts');
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
  });

  it('imports only what its layer may import', () => {
    expect(findLayerBreaks(sources)).toEqual([]);
  });

  it('has no circle of imports, neither between files nor between folders', () => {
    expect(findImportCycles(sources)).toEqual([]);
    expect(findFolderCycles(sources)).toEqual([]);
  });

  it('has rows that let no import run back up', () => {
    expect(findUpwardRows(MAY_IMPORT)).toEqual([]);
  });

  it('has a file in each folder that has a row', () => {
    expect(findEmptyRows(MAY_IMPORT, sources)).toEqual([]);
    expect(findEmptyRows({ base: [], later: ['base'] }, sources)).toEqual(['later']);
  });

  it('has no room that holds more than a quarter of it', () => {
    expect(findLargeRooms(sources)).toEqual([]);
  });

  it('touches arguments, environment, signals and exit in src/cli only', () => {
    expect(findProcessUses(sources)).toEqual([]);
  });

  it('has SQL in the store, the database and what the service keeps there only', () => {
    expect(findStraySql(sources)).toEqual([]);
  });

  it('reads .env in one place, and never as Node does', () => {
    const files = everything.filter(({ path }) => !path.startsWith('test/architecture/'));
    expect(findEnvReaders(files)).toEqual([]);
    expect(findEnvReaders(files.map(({ text }) => file('src/config/a.ts', text)))).toHaveLength(1);
  });

  it('listens to events only to show them', () => {
    expect(findEventListeners(sources)).toEqual([]);
  });

  it('has kebab-case names that say something', () => {
    expect(findBadNames(everything)).toEqual([]);
  });

  it('has no file of more than 400 lines', () => {
    expect(findLongFiles(everything)).toEqual([]);
  });
});

describe('imports are seen', () => {
  it.each([
    ["import { a } from './x.ts';"],
    ["import type { A } from './x.ts';"],
    ["import {\n  a,\n  type B,\n} from './x.ts';"],
    ["import * as x from './x.ts';"],
    ["import './x.ts';"],
    ["export { a } from './x.ts';"],
    ["export * from './x.ts';"],
    ["export type { A } from './x.ts';"],
    ["const x = await import('./x.ts');"],
    ["type X = import('./x.ts').X;"],
    ['import { a } from "./x.ts";'],
  ])('%s', (text) => {
    expect(importsOf(file('src/base/a.ts', text))).toEqual(['./x.ts']);
  });

  it('but not in comments', () => {
    const text = "// import './x.ts'\n/**\n * import './y.ts'\n */\nimport './z.ts';";
    expect(importsOf(file('src/base/a.ts', text))).toEqual(['./z.ts']);
  });
});

describe('a broken layer is found', () => {
  it.each([
    ['src/base/a.ts', '../queue/request.ts'],
    ['src/ai/a.ts', '../queue/request.ts'],
    ['src/queue/a.ts', '../database/sqlite.ts'],
    ['src/config/a.ts', '../database/sqlite.ts'],
    ['src/config/a.ts', '../worker/worker.ts'],
    ['src/store/a.ts', '../worker/worker.ts'],
    ['src/worker/a.ts', '../store/mariadb-store.ts'],
    ['src/worker/deep/a.ts', '../../database/sqlite.ts'],
    ['src/service/a.ts', '../queue/request.ts'],
    ['src/client/a.ts', '../database/sqlite.ts'],
    ['src/client/a.ts', '../cli/main.ts'],
    ['src/cli/a.ts', '../../test/support/wait-for.ts'],
    ['src/cli/a.ts', '../../package.json'],
    ['src/cli/selftest/a.ts', '../../database/mariadb-pool.ts'],
    ['src/cli/a.ts', '../database/database.ts'],
    ['src/cli/a.ts', 'mariadb'],
    ['src/store/a.ts', '@photostructure/sqlite'],
    ['src/cli/a.ts', './b.test.ts'],
    ['src/worker/a.test.ts', '../store/mariadb-store.ts'],
    ['src/mind/talk/a.test.ts', '../../service/memory/memory.ts'],
    ['src/worker/a.ts', 'ai-ipc'],
    ['src/worker/a.ts', 'ai-ipc/store'],
    ['src/mind/persona/a.ts', '../brain/tone.ts'],
    ['src/providers/a.ts', '../mind/model/prompt.ts'],
    ['src/mind/brain/a.ts', '../create-mind.ts'],
    ['src/mind/talk/a.ts', '../../service/memory/memory.ts'],
    ['src/mind/talk/a.ts', '../../database/database.ts'],
    ['src/service/memory/a.ts', '../http/http-error.ts'],
    ['src/service/base/a.ts', '../server.ts'],
    ['src/service/unknown/a.ts', '../base/health.ts'],
    ['src/unknown/a.ts', '../base/clock.ts'],
    ['src/a.ts', './base/clock.ts'],
  ])('%s imports %s', (path, specifier) => {
    expect(findLayerBreaks([file(path, `import '${specifier}';`)])).toHaveLength(1);
  });

  it('and a file of a package that its layer may not have', () => {
    const text = "await import(new URL('lib/a.js', import.meta.resolve('mariadb')).href);";
    expect(findLayerBreaks([file('src/database/a.ts', text)])).toEqual([]);
    expect(findLayerBreaks([file('src/worker/a.ts', text)])).toHaveLength(1);
  });

  it('and an import whose name is computed', () => {
    expect(findLayerBreaks([file('src/base/a.ts', 'await import(name);')])).toHaveLength(1);
  });
});

describe('an allowed import is let pass', () => {
  it.each([
    ['src/worker/a.ts', '../queue/request.ts'],
    ['src/worker/a.ts', '../config/settings.ts'],
    ['src/database/a.ts', '../config/settings.ts'],
    ['src/store/a.ts', '../database/mariadb-pool.ts'],
    ['src/client/a.ts', '../store/open-store.ts'],
    ['src/cli/a.ts', '../worker/worker.ts'],
    ['src/cli/a.ts', '../database/migrate.ts'],
    ['src/database/a.ts', 'mariadb'],
    ['src/client/a.test.ts', '@photostructure/sqlite'],
    ['src/mind/brain/a.ts', '../language/matcher.ts'],
    ['src/service/http/a.ts', '../base/contract.ts'],
    ['src/cli/selftest/a.ts', '../../worker/worker.ts'],
    ['src/worker/a.test.ts', '../../test/support/wait-for.ts'],
    ['src/service/dialogue/a.test.ts', '../../mind/model/model-mind.ts'],
    ['src/mind/persona/a.test.ts', '../brain/tone.ts'],
    ['src/base/a.ts', 'pino'],
    ['src/base/a.ts', 'node:fs'],
  ])('%s imports %s', (path, specifier) => {
    expect(findLayerBreaks([file(path, `import '${specifier}';`)])).toEqual([]);
  });
});

describe('a circle of imports is found', () => {
  it('of three files', () => {
    const files = [
      file('src/base/a.ts', "import './b.ts';"),
      file('src/base/b.ts', "import type { C } from './c.ts';"),
      file('src/base/c.ts', "export * from './a.ts';"),
    ];
    expect(findImportCycles(files)).toEqual([
      'src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts',
    ]);
  });

  it('of one file with itself', () => {
    expect(findImportCycles([file('src/base/a.ts', "import './a.ts';")])).toHaveLength(1);
  });

  it('but two ways to one file are none', () => {
    const files = [
      file('src/base/a.ts', "import './b.ts';\nimport './c.ts';"),
      file('src/base/b.ts', "import './c.ts';"),
      file('src/base/c.ts', ''),
    ];
    expect(findImportCycles(files)).toEqual([]);
  });
});

describe('a circle between folders is found', () => {
  it('also where no file is in a circle', () => {
    const files = [
      file('src/service/memory/a.ts', "import '../http/b.ts';"),
      file('src/service/http/b.ts', ''),
      file('src/service/http/c.ts', "import type { D } from '../memory/d.ts';"),
      file('src/service/memory/d.ts', ''),
    ];
    expect(findImportCycles(files)).toEqual([]);
    expect(findFolderCycles(files)).toEqual(['service/memory → service/http → service/memory']);
  });

  it('and a row that names a later one, itself or none', () => {
    const rows = { base: ['queue'], queue: ['queue'], store: ['queue', 'lost'] };
    expect(findUpwardRows(rows)).toEqual([
      'base may import queue, which is not above it',
      'queue may import queue, which is not above it',
      'store may import lost, which is not above it',
    ]);
  });
});

it('a room that is too large is found', () => {
  const rooms = ['ai', 'base', 'queue'].map((room) => file(`src/${room}/a.ts`, 'x;\n'.repeat(10)));
  expect(findLargeRooms([...rooms, file('src/mind/brain/a.ts', 'x;\n'.repeat(10))])).toEqual([]);
  const large = file('src/mind/brain/a.ts', 'x;\n'.repeat(20));
  expect(findLargeRooms([...rooms, large])).toEqual(['mind has 21 of 54 lines']);
});

describe('a use of the process is found', () => {
  const uses = [
    'const [a] = process.argv;',
    "const host = process.env['DB_HOST'];",
    "process.on('SIGTERM', stop);",
    "process.once('SIGINT', stop);",
    'process.exit(1);',
    'process.exitCode = 1;',
    "process['env'];",
    'const { env } = process;',
    "import { env } from 'node:process';",
    'globalThis.process.exit();',
  ];

  it.each(uses)('%s', (line) => {
    expect(findProcessUses([file('src/worker/a.ts', line)])).toHaveLength(1);
  });

  it('but not in src/cli, in tests and in comments', () => {
    const files = [
      file('src/cli/a.ts', uses.join('\n')),
      file('src/worker/a.test.ts', uses.join('\n')),
      file('src/worker/a.ts', '/** Not process.env. */\n// process.exit\nprocess.pid; processing.on();'),
    ];
    expect(findProcessUses(files)).toEqual([]);
  });
});

describe('SQL is found', () => {
  const statements = [
    "'SELECT 1 AS one'",
    '`\n  SELECT id\n    FROM ai_requests`',
    "'INSERT INTO ai_requests (id) VALUES (?)'",
    '`\n  UPDATE ai_requests\n     SET status = 1`',
    "'DELETE FROM ai_request_log WHERE request_id = ?'",
    "'DROP TABLE ai_requests'",
    "'PRAGMA foreign_keys = ON'",
  ];

  it.each(statements)('%s', (statement) => {
    expect(findStraySql([file('src/cli/selftest/a.ts', `const sql = ${statement};`)])).toHaveLength(1);
  });

  it('but not where it belongs, in tests, in comments and in words about rights', () => {
    const text = statements.map((statement) => `run(${statement});`).join('\n');
    const files = [
      file('src/store/a.ts', text),
      file('src/service/memory/a.ts', text),
      file('src/cli/a.test.ts', text),
      file(
        'src/cli/a.ts',
        "/** One plain SELECT of ours. */\nsay('It needs the right DELETE on ai_requests.');",
      ),
    ];
    expect(findStraySql(files)).toEqual([]);
  });
});

describe('another reader of .env is found', () => {
  it.each([
    "import { parseEnv } from 'node:util';",
    'const variables = util.parseEnv(text);',
    "process.loadEnvFile('.env');",
    "import { loadEnvFile } from 'node:process';",
    "spawn(process.execPath, ['--env-file=.env', program]);",
    "import { parse } from 'dotenv';",
    "import 'dotenv/config';",
  ])('%s', (line) => {
    expect(findEnvReaders([file('test/integration/a.test.ts', line)])).toHaveLength(1);
  });

  it('but not in src/config/env-file.ts and in comments', () => {
    const files = [
      file('src/config/env-file.ts', "import { parse } from 'dotenv';"),
      file('src/cli/a.ts', '// Not parseEnv.\nreadEnvFile(cwd);'),
    ];
    expect(findEnvReaders(files)).toEqual([]);
  });
});

describe('a listener on events is found', () => {
  it.each([
    "events.on('claimed', count);",
    "  this.#options.events.once('expired', wake);",
    "context.events.addListener('settled', note);",
  ])('%s', (line) => {
    expect(findEventListeners([file('src/worker/a.ts', line)])).toHaveLength(1);
    expect(findEventListeners([file('src/observability/a.ts', line), file('src/cli/a.ts', line)])).toEqual(
      [],
    );
  });

  it('but not what is emitted, nor a listener on something else', () => {
    const text = "events.emit('claimed', {});\nsocket.on('error', fail);\n// events.on('claimed')";
    expect(findEventListeners([file('src/worker/a.ts', text)])).toEqual([]);
  });
});

describe('a bad name is found', () => {
  it.each([
    'src/base/camelCase.ts',
    'src/base/snake_case.ts',
    'src/base/Upper.ts',
    'src/base/a.b.ts',
    'src/base/utils.ts',
    'src/helpers/retry.ts',
    'src/base/lib.ts',
    'src/base/common.ts',
    'src/queue/types.ts',
    'src/queue/misc.test.ts',
  ])('%s', (path) => {
    expect(findBadNames([file(path, '')])).toEqual([path]);
  });

  it('but a good one is let pass', () => {
    expect(findBadNames([file('src/queue/retry-policy.test.ts', ''), file('bin/ai-ipc.js', '')])).toEqual([]);
  });
});

it('a file of 401 lines is found, one of 400 is let pass', () => {
  const files = [file('src/base/a.ts', 'x;\n'.repeat(401)), file('src/base/b.ts', 'x;\n'.repeat(400))];
  expect(findLongFiles(files)).toEqual(['src/base/a.ts has 401 lines; the most is 400']);
});

function file(path: string, text: string): SourceFile {
  return { path, text };
}
