// Reads texts of .env as JSON from its input and prints what the built ai-ipc makes of each of them. Plain JavaScript, so
// that every Node can run it: `node test/support/print-env-table.js <<< '["DB_PASSWORD=pass"]'`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readSources } from '../../dist/config/sources.js';

const cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-env-'));
try {
  const texts = JSON.parse(await text(process.stdin));
  process.stdout.write(JSON.stringify(texts.map(read), null, 2));
} finally {
  rmSync(cwd, { recursive: true });
}

function read(dotEnv) {
  writeFileSync(join(cwd, '.env'), dotEnv);
  const { variables, problems, warnings } = readSources({ env: {}, cwd }).envFile;
  return { text: dotEnv, variables, problems, warnings };
}
