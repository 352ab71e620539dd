#!/usr/bin/env node
import { existsSync } from 'node:fs';

const LEAST_NODE = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
  process.stderr.write(
    `ai-ipc needs Node ${LEAST_NODE.join('.')} or later; this is Node ${process.versions.node}. Install a newer one: https://nodejs.org\n`,
  );
  process.exit(1);
}

// Only a checkout has src/: the published package comes built.
if (existsSync(new URL('../src', import.meta.url))) {
  const { ensureBuilt, explain } = await import('./build.js');
  await ensureBuilt().catch((error) => {
    process.stderr.write(explain(error));
    process.exit(1);
  });
}

const { main } = await import('../dist/cli/main.js');
await main(process.argv.slice(2));
