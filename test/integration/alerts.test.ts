import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlertWatch } from '../../src/alerts/alert-watch.ts';
import { createWebhook } from '../../src/alerts/webhook.ts';
import { createEvents, type Events } from '../../src/base/events.ts';
import { ALERT } from '../../src/config/alert-schema.ts';
import { defaultsOf } from '../../src/config/setting.ts';
import type { AlertSettings } from '../../src/config/settings.ts';
import type { WatchedStore } from '../../src/queue/alert-store.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { newFolder, useCli } from '../support/cli-process.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { newRequest } from '../support/new-request.ts';
import { certificateFile } from '../support/tls-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** As an admin has it from Discord: whoever reads it may write there. */
const SECRET = 'wKq3-a_secret_of_the_channel';
const LOOK_MS = 15_000;
const SETTINGS: AlertSettings = { ...defaultsOf(ALERT), noWorker: false, diskFreeMib: 0, pending: 2 };

useCli();

let receiver: AiStub;
let store: WatchedStore;
const watches: { watch: AlertWatch; clock: FakeClock }[] = [];

beforeAll(async () => {
  receiver = await startAiStub();
});
afterAll(() => receiver.close());
beforeEach(async () => {
  receiver.clear();
  receiver.behaveAlways(behaviours.status(204));
  store = await openSqliteStore(`${newFolder()}/queue.sqlite`);
});
afterEach(async () => {
  for (const { watch } of watches.splice(0)) await watch.stop();
  await store.close();
});

interface Watched {
  readonly clock: FakeClock;
  readonly events: Events;
  /** What was told of, in order: names of events, those of alerts behind them. */
  readonly told: string[];
  /** One more look, to its end. */
  look(): Promise<void>;
}

/** One of those who watch, with a clock of its own. */
function startWatch({ format = 'auto', settings = SETTINGS }: WatchOptions = {}): Watched {
  const clock = new FakeClock();
  const events = createEvents();
  const told: string[] = [];
  for (const event of [
    'alertRaised',
    'alertCleared',
    'webhookFailed',
    'webhookRecovered',
    'storeFailed',
  ] as const)
    events.on(event, (...details: unknown[]) => told.push(`${event} ${JSON.stringify(details)}`));
  const url = `${receiver.url}/api/webhooks/1/${SECRET}`;
  const send = createWebhook({ url, format, queue: 'SQLite queue.sqlite' });
  const watch = new AlertWatch({ store: store.alerts, settings, events, clock, send });
  watches.push({ watch, clock });
  let looks = 0;
  events.on('queueLooked', () => looks++);
  watch.start();
  return {
    ...{ clock, events, told },
    async look() {
      const before = looks;
      if (before > 0) await clock.advance(LOOK_MS);
      await waitFor(() => looks > before && clock.sleeping > 0, { what: 'the next look' });
    },
  };
}

interface WatchOptions {
  readonly format?: AlertSettings['webhookFormat'];
  readonly settings?: AlertSettings;
}

async function look(watch: Watched, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await watch.look();
}

const pem = (name: string) => readFileSync(certificateFile(name));
const received = () => receiver.calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

async function fillQueue(): Promise<number[]> {
  return await store.insert([newRequest(), newRequest(), newRequest()]);
}

async function emptyQueue(ids: readonly number[]): Promise<void> {
  for (const id of ids) await store.cancel(id);
}

describe('alerts', () => {
  it('one that lasts is sent once, by one of all who watch, and so is its end', async () => {
    const ids = await fillQueue();
    const both = [startWatch(), startWatch()];
    await Promise.all(both.map((watch) => look(watch, 4)));

    expect(receiver.calls).toMatchObject([{ method: 'POST', path: `/api/webhooks/1/${SECRET}` }]);
    expect(received()).toEqual([
      {
        source: 'ai-ipc',
        queue: 'SQLite queue.sqlite',
        alert: 'pending',
        state: 'raised',
        message: expect.stringMatching(/^3 requests are pending; the alert is set to 2\. .*ai-ipc doctor/),
        value: 3,
        threshold: 2,
      },
    ]);

    await emptyQueue(ids);
    await Promise.all(both.map((watch) => look(watch, 4)));
    expect(received().slice(1)).toEqual([
      {
        source: 'ai-ipc',
        queue: 'SQLite queue.sqlite',
        alert: 'pending',
        state: 'cleared',
        message: 'The alert pending is over.',
      },
    ]);
    for (const { told } of both)
      expect(told.map((one) => one.split(' ')[0])).toEqual(['alertRaised', 'alertCleared']);
  });

  it('what one look alone sees wakes nobody', async () => {
    const ids = await fillQueue();
    const watch = startWatch();
    await look(watch, 1);
    await emptyQueue(ids);
    await look(watch, 3);
    expect({ received: received(), told: watch.told }).toEqual({ received: [], told: [] });
  });

  it('one that comes back within the hour is in the log, and is not sent again', async () => {
    const ids = await fillQueue();
    const watch = startWatch();
    await look(watch, 2);
    await emptyQueue(ids);
    await look(watch, 2);
    await fillQueue();
    await look(watch, 3);
    expect(received().map(({ state }) => state)).toEqual(['raised', 'cleared']);
    expect(watch.told).toHaveLength(3);
  });

  it('Discord gets its own form, which pings nobody', async () => {
    await fillQueue();
    await look(startWatch({ format: 'discord' }), 2);
    expect(received()).toEqual([
      {
        content: expect.stringMatching(/^🔴 AI IPC, SQLite queue\.sqlite: 3 requests are pending/u),
        allowed_mentions: { parse: [] },
      },
    ]);
  });

  it('a webhook that fails costs no look, is left alone for longer each time, and gets the alert later', async () => {
    receiver.behaveAlways(behaviours.status(500));
    await fillQueue();
    const watch = startWatch();
    await look(watch, 8);
    const failed = watch.told.filter((one) => one.startsWith('webhookFailed'));
    expect(failed[0]).toMatch(/HTTP 500.*"retryInMs":15000/);
    expect(failed.length).toBeLessThan(5);
    expect(receiver.calls).toHaveLength(failed.length);

    receiver.clear();
    receiver.behaveAlways(behaviours.status(204));
    await look(watch, 20);
    expect(received().map(({ state }) => state)).toEqual(['raised']);
    expect(watch.told.at(-1)).toMatch(/^webhookRecovered/);
    expect(watch.told.join()).not.toContain(SECRET);
  });

  it('a webhook that is not there is told without its address', async () => {
    await fillQueue();
    await receiver.goDown();
    try {
      const watch = startWatch();
      await look(watch, 2);
      expect(watch.told.join()).toMatch(/webhookFailed.*ECONNREFUSED/);
      expect(watch.told.join()).not.toContain(SECRET);
    } finally {
      await receiver.comeBack();
    }
  });

  it('a webhook behind an authority of its own gets the alert where that is set, and names the setting where it is not', async () => {
    const received: string[] = [];
    const server = createServer({ key: pem('server-key'), cert: pem('server-cert') }, (request, response) => {
      received.push(request.url ?? '');
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const tell = (caFile: string | null) =>
      createWebhook({ url, format: 'auto', queue: 'q', caFile })(
        { kind: 'cleared', name: 'pending' },
        AbortSignal.timeout(60_000),
      );
    try {
      await tell(certificateFile('ca'));
      expect(received).toEqual(['/hook']);
      await expect(tell(null)).rejects.toThrow(/Set ALERT_WEBHOOK_CA to/);
    } finally {
      server.close();
    }
  });

  it('a webhook that says nothing does not hold up the end of a worker', async () => {
    receiver.behaveAlways(behaviours.never());
    await fillQueue();
    const watch = startWatch();
    await look(watch, 1);
    await watch.clock.advance(LOOK_MS);
    await waitFor(() => receiver.inFlight === 1, { what: 'the call of the webhook' });
    await watches.at(-1)!.watch.stop();
    expect(watch.told.map((one) => one.split(' ')[0])).toEqual(['alertRaised']);
  });

  it('a database that is away is no all-clear', async () => {
    await fillQueue();
    const watch = startWatch();
    await look(watch, 2);
    await store.close();
    await look(watch, 4);
    expect(received().map(({ state }) => state)).toEqual(['raised']);
    store = await openSqliteStore(`${newFolder()}/other.sqlite`);
  });
});
