import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import type { MariadbAddress } from '../test/support/mariadb-server.ts';
import { TlsServer } from '../test/support/tls-server.ts';
import { measureDrain, onNewDatabase, TUNED } from './one-drain.ts';

const REQUESTS = 20_000;
const WARM_UP = 10_000;
const ROUNDS = 3;
const MODES = ['disabled', 'required'] as const;

/** `drain` with and without TLS to the database, both on the loopback of this machine: what encrypting costs. */
export async function tls(): Promise<void> {
  const server = new TlsServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    await compare(server.address, stub);
  } finally {
    await server.remove();
    await stub.stop();
  }
}

async function compare(server: MariadbAddress, stub: AiStubProcess): Promise<void> {
  for (const [name, others] of Object.entries({ default: {}, tuned: TUNED })) {
    const seen: Record<(typeof MODES)[number], number[]> = { disabled: [], required: [] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const mode of MODES) seen[mode].push(await drainOf(server, stub, { ...others, DB_SSL: mode }));
    }
    const [plain, encrypted] = [median(seen.disabled), median(seen.required)];
    const share = Math.round((100 * encrypted) / plain);
    process.stdout.write(
      `${name} settings: ${plain}/s without TLS, ${encrypted}/s with TLS (${share} %); rounds ${seen.disabled} and ${seen.required}\n`,
    );
  }
}

async function drainOf(
  server: MariadbAddress,
  stub: AiStubProcess,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const load = { settings, warmUp: WARM_UP, requests: REQUESTS };
  const { perSecond } = await onNewDatabase(server, (database) => measureDrain(database, stub, load));
  return Math.round(perSecond);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
