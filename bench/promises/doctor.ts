import { fileURLToPath } from 'node:url';
import { ProgramProcess } from '../../test/support/program-process.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { databaseEnv } from '../../test/support/worker-process.ts';
import { type Bench, msOf, type Promised } from './promise.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/ai-ipc.js', import.meta.url));

interface Planted {
  readonly name: string;
  readonly withinMs: number;
  /** The part in which the doctor has to find it; undefined where there is nothing to find. */
  readonly part: string | undefined;
  plant(bench: Bench): Promise<unknown>;
}

/** A worker at work, and what an admin may find in the night. */
const CAUSES: readonly Planted[] = [
  { name: 'nothing is wrong', withinMs: 2_000, part: undefined, plant: ({ startWorker }) => startWorker() },
  { name: 'no worker runs', withinMs: 5_000, part: 'workers', plant: ({ queue }) => queue.insertOne('/x') },
  {
    name: 'an index was dropped',
    withinMs: 5_000,
    part: 'keys',
    async plant({ queue, startWorker }) {
      await startWorker();
      await queue.database.query('DROP INDEX idx_expires_at ON ai_requests');
    },
  },
  {
    name: 'somebody holds a row',
    withinMs: 5_000,
    part: 'held rows',
    async plant({ queue, startWorker }) {
      await queue.insertOne('/x');
      const holder = await queue.database.connect();
      await holder.beginTransaction();
      await holder.query('SELECT id FROM ai_requests FOR UPDATE');
      await startWorker();
    },
  },
  {
    name: 'the AI service is slow',
    withinMs: 5_000,
    part: undefined,
    async plant({ queue, stub, startWorker }) {
      await startWorker();
      await queue.insert(200, '/delay/20000');
      await waitFor(() => stub.inFlight > 0, { timeoutMs: 10_000, what: 'a call' });
    },
  },
  {
    name: 'the AI service is away',
    withinMs: 5_000,
    part: 'AI service',
    async plant({ stub, startWorker }) {
      await startWorker();
      await stub.goDown();
    },
  },
];

/** The doctor's own time, with Node's start. */
export const DOCTOR: readonly Promised[] = CAUSES.map(({ name, withinMs, part, plant }) => ({
  name: `the doctor's look: ${name}`,
  withinMs,
  async measure(bench) {
    await plant(bench);
    let said = '';
    const tookMs = await msOf(async () => {
      said = await look(bench);
    });
    if (part !== undefined && !hasFault(said, part))
      throw new Error(`The doctor has no fault of ${part}: ${said}`);
    return tookMs;
  },
}));

async function look({ queue, stub }: Bench): Promise<string> {
  const env = { ...databaseEnv(queue.settings), AI_SERVICE_BASE_URL: stub.url };
  const program = new ProgramProcess(process.execPath, [PROGRAM, 'doctor', '--json'], { cwd: '/', env });
  program.endInput();
  return (await program.ended).stdout;
}

function hasFault(said: string, part: string): boolean {
  const { findings } = JSON.parse(said) as { findings: readonly { part: string; verdict: string }[] };
  return findings.some((one) => one.part === part && ['warning', 'broken'].includes(one.verdict));
}
