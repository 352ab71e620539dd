import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createLogger, descriptor } from '../base/logger.ts';
import { createService } from './server.ts';

const logger = createLogger({ level: 'error', format: 'json', to: descriptor(2) });

/** The answer, read to its end. */
async function get(url: string) {
  const answer = await request(url);
  await answer.body.text();
  return answer;
}

describe('the life of a service', () => {
  it('ends with the answers in the making given', async () => {
    const clock = new FakeClock();
    const stopping = createService({ port: 0, logger, hasTestEndpoints: true, clock });
    const { url: at } = await stopping.start();
    const sleeps = vi.spyOn(clock, 'sleep');
    const answers = [...Array(5).keys()].map(() => get(`${at}/api/v1/test/delay/400`));
    await expect.poll(() => sleeps.mock.calls.filter(([ms]) => ms === 400).length).toBe(answers.length);
    const stopped = stopping.stop();
    await clock.advance(400);
    await stopped;
    for (const { statusCode, headers } of await Promise.all(answers)) {
      expect(statusCode).toBe(200);
      expect(headers['connection']).toBe('close');
    }
    await expect(get(`${at}/api/v1/health`)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is not held up by an answer that takes too long, nor by a silent connection', async () => {
    const stopping = createService({ port: 0, logger, hasTestEndpoints: true });
    const { url: at, port } = await stopping.start();
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    let hasAnswered = false;
    const slow = get(`${at}/api/v1/test/delay/60000`).then(
      ({ statusCode }) => {
        hasAnswered = statusCode === 200;
      },
      (error: unknown) => error,
    );
    await get(`${at}/api/v1/health`);
    // The answer would take a minute.
    await stopping.stop();
    expect(hasAnswered).toBe(false);
    await slow;
    silent.destroy();
  });

  it('stops without having started, and a second time', async () => {
    const idle = createService({ port: 0, logger });
    await idle.stop();
    await idle.start();
    await idle.stop();
    await idle.stop();
  });

  it.each([-1, 65_536, 1.5, Number.NaN])('does not start on port %d', async (port) => {
    await expect(createService({ port, logger }).start()).rejects.toMatchObject({ code: 'bad_argument' });
  });

  it('does not start on a port that is in use, and tells what to do', async () => {
    const first = createService({ port: 0, logger });
    const { port } = await first.start();
    onTestFinished(() => first.stop());
    const second = createService({ port, logger });
    await expect(second.start()).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining('--port'),
    });
    await second.stop();
  });

  it('does not start on an address of another machine', async () => {
    const elsewhere = createService({ port: 0, host: '192.0.2.1', logger });
    await expect(elsewhere.start()).rejects.toMatchObject({ code: 'bad_argument' });
  });

  it('does not start with a folder that has no personas', async () => {
    const personasDir = await mkdtemp(join(tmpdir(), 'personas-'));
    try {
      await expect(
        createService({ port: 0, settings: { personasDir }, logger }).start(),
      ).rejects.toMatchObject({
        code: 'persona_invalid',
      });
    } finally {
      await rm(personasDir, { recursive: true });
    }
  });
});
