import { Command } from 'commander';
import { AiIpcError } from '../base/errors.ts';
import { createLogger } from '../base/logger.ts';
import { createService, DEFAULT_HOST, DEFAULT_PORT } from '../service/server.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly testEndpoints?: boolean;
  readonly personas?: string;
}

/** SIGBREAK is what closing a Windows console sends. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGBREAK'] as const;
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** `ai-ipc service`: the AI service until SIGTERM or SIGINT. */
export function serviceCommand(): Command {
  return new Command('service')
    .description('run the AI service: NPC dialogue, decisions and emotions over HTTP, with no model needed')
    .option('--port <number>', 'port to listen on, 0 for any free one', toPort, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', DEFAULT_HOST)
    .option('--test-endpoints', 'add /api/v1/test/delay/{ms} and /api/v1/test/status/{code}')
    .option('--personas <folder>', 'folder of persona files (default: those of this package)')
    .addHelpText(
      'after',
      `
Signals: SIGTERM or SIGINT lets answers in the making end (3 s at most) and stops; a second one ends it at once.
Exit codes: 0 stopped; 2 wrong option; 78 a persona file needs mending; 1 anything else, such as a port in use.`,
    )
    .action(runService);
}

async function runService({ port, host, testEndpoints = false, personas }: Options): Promise<void> {
  const logger = createLogger({ level: 'info', format: process.stderr.isTTY ? 'readable' : 'json', fd: 2 });
  const service = createService({
    port,
    host,
    logger,
    hasTestEndpoints: testEndpoints,
    ...(personas === undefined ? {} : { personasDir: personas }),
  });
  const told = stopSignal();
  const { url } = await service.start();
  if (!LOOPBACK.test(host))
    logger.warn({ host }, 'AI service asks nobody for a key: let only the worker reach it');
  process.stdout.write(`AI service listens on ${url}\n`);
  await told;
  await service.stop();
}

/** After the first signal nobody listens any more: a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      for (const name of STOP_SIGNALS) process.off(name, onSignal);
      resolve();
    };
    for (const name of STOP_SIGNALS) process.on(name, onSignal);
  });
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new AiIpcError(
    'bad_argument',
    `--port ${JSON.stringify(text)} is not a port. Give a number from 0 (any free port) to 65535.`,
  );
}
