import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { certificateFile } from '../support/tls-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const queue = useQueue();
const startWorker = useWorkers();
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());

it('a worker that comes back after its requests were rescued drops its late answer and serves on', async () => {
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '60' };
  const paused = startWorker(queue().settings, env);
  const pausedId = await paused.started();
  const late = holdAnswers(behaviours.json({ text: 'late' }));
  stub.behaveAlways(late.behaviour);
  const id = await queue().insertOne('/api/v1/npc/dialogue');
  await waitFor(() => stub.calls.length === 1, { timeoutMs: 10_000, what: 'the call' });

  paused.signal('SIGSTOP');
  late.release();
  const survivor = startWorker(queue().settings, env);
  await survivor.started();
  stub.behaveAlways(behaviours.json({ text: 'in time' }));
  await queue().waitForStatus(id, 'completed', 20_000);
  paused.signal('SIGCONT');
  const dropped = await paused.waitForLog('Outcomes dropped: their claims were lost', 10_000);

  expect(dropped['request_ids']).toEqual([id]);
  expect(await queue().events(id)).toEqual(['claimed', 'rescued', 'claimed', 'completed', 'dropped']);
  expect(await queue().responses(id)).toMatchObject([{ response_data: '{"text":"in time"}' }]);

  expect(await survivor.stop()).toEqual({ exitCode: 0, signal: null });
  const later = await queue().insertOne('/api/v1/npc/dialogue');
  expect(await queue().waitForStatus(later, 'completed', 10_000)).toMatchObject({ claimed_by: pausedId });
  expect(await queue().workerIds()).toEqual([pausedId]);
});

it('a worker that was stopped while its connections were being made calls for nothing whose life or claim may be over', async () => {
  const calls: string[] = [];
  const service = createServer(
    { key: readFileSync(certificateFile('server-key')), cert: readFileSync(certificateFile('server-cert')) },
    (request, response) => {
      calls.push(String(request.url));
      response.end('{"text":"late"}');
    },
  );
  const way = await holdHandshakes(service);
  const paused = startWorker(queue().settings, {
    ...{ AI_SERVICE_BASE_URL: way.url, AI_SERVICE_CA: certificateFile('ca'), AI_SERVICE_TIMEOUT: '60' },
  });
  await paused.started();
  const short = await queue().insertOne('/of-a-short-life', { lifeSeconds: 6 });
  const rescued = await queue().insertOne('/of-a-lost-claim');
  await waitFor(() => way.waiting() === 2, { timeoutMs: 20_000, what: 'both connections' });
  paused.signal('SIGSTOP');

  stub.behaveAlways(behaviours.json({ text: 'in time' }));
  const survivor = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await survivor.started();
  await queue().waitForStatus(short, 'timeout', 20_000);
  await queue().waitForStatus(rescued, 'completed', 30_000);
  expect(await survivor.stop()).toEqual({ exitCode: 0, signal: null });
  // The bytes for which it waits come in while it stands still: the first that it sees, before its own timers.
  await way.release();
  paused.signal('SIGCONT');
  const later = await queue().insertOne('/later');
  await queue().waitForStatus(later, 'completed', 20_000);

  expect(calls).toEqual(['/later']);
  expect(await queue().responses(rescued)).toMatchObject([{ response_data: '{"text":"in time"}' }]);
});

/** A way to this server on which TLS handshakes get no answer before `release`. */
async function holdHandshakes(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const held: Socket[] = [];
  const passOn = new Map<Socket, () => void>();
  let isReleased = false;
  const proxy = createTcpServer((client) => {
    const line = connect((server.address() as AddressInfo).port, '127.0.0.1');
    for (const socket of [client, line]) socket.on('error', () => socket.destroy());
    client.pipe(line);
    if (isReleased) line.pipe(client);
    else held.push(client);
    passOn.set(client, () => line.pipe(client));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    /** How many have said their first words: one that stops before that has nothing to be answered. */
    waiting: () => held.filter(({ bytesRead }) => bytesRead > 0).length,
    /** Resolves when the answers are on their way to whoever waits for them. */
    async release() {
      isReleased = true;
      for (const client of held) passOn.get(client)?.();
      await waitFor(() => held.every(({ destroyed, bytesWritten }) => destroyed || bytesWritten > 0), {
        ...{ timeoutMs: 20_000, what: 'the answers of both handshakes' },
      });
    },
  };
}
