import { expect, it } from 'vitest';
import { behaviours } from '../support/ai-stub.ts';
import { useModelWay } from '../support/model-way.ts';
import { DIALOGUE, modelServer } from './support/service-under-test.ts';

const PATIENT = 20;
const way = useModelWay();

it('a request of a lower priority number is answered by a busy model before those that came earlier', async () => {
  const waiting: (() => void)[] = [];
  way.model.fail((call, response) => {
    waiting.push(() =>
      behaviours.json({ choices: [{ message: { content: '{"text":"So."}' } }] })(call, response),
    );
  });
  const server = modelServer(way.model).modelServer!;
  const { url } = await way.serve({ modelServer: { ...server, slots: 1 }, modelTimeoutSeconds: 300 });
  await way.startWorker(url, { AI_SERVICE_TIMEOUT: '300' });
  const lifeSeconds = 300;
  const data = (message: string) => JSON.stringify({ message });

  await way.queue.insert(PATIENT, DIALOGUE, { data: data('Later'), priority: 9, lifeSeconds });
  await way.queue.waitForCounts({ processing: PATIENT }, 10_000);
  const urgent = await way.queue.insertOne(DIALOGUE, { data: data('Now'), priority: 1, lifeSeconds });
  await way.queue.waitForStatus(urgent, 'processing', 10_000);
  // A worker that a busy machine keeps from its turn has claimed it, and has not called yet.
  const inFlight = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^ai_ipc_service_in_flight (\d+)$/m.exec(text)?.[1]);
  };
  await expect.poll(inFlight).toBe(PATIENT + 1);
  for (let call = 1; call <= PATIENT + 1; call += 1) {
    await expect.poll(() => way.model.calls.length).toBe(call);
    waiting.shift()?.();
  }
  await way.queue.waitForCounts({ completed: PATIENT + 1 }, 10_000);

  const asked = way.model.calls.map(({ data: { says } }) => says);
  // The first were called before it came, and one was perhaps while it was on its way.
  expect(asked.indexOf('Now')).toBeLessThan(PATIENT / 2);
});
