import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteDatabase } from '../database/sqlite.ts';
import type { ServiceDatabase } from './base/service-database.ts';
import { createService, type Service, type ServiceOptions } from './server.ts';

const logger = pino({ enabled: false });
const HEALTH = '/api/v1/health';

let opened: number;
let closed: number;
const services: Service[] = [];

beforeEach(() => {
  opened = 0;
  closed = 0;
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

function makeService(options: Partial<ServiceOptions> = {}): Service {
  const service = createService({ port: 0, logger, openDatabase, ...options });
  services.push(service);
  return service;
}

async function openDatabase(): Promise<ServiceDatabase> {
  opened += 1;
  const database = openSqliteDatabase(':memory:');
  const close = async () => {
    closed += 1;
    await database.close();
  };
  return { database: { ...database, close }, kind: 'sqlite' };
}

async function isThere(url: string): Promise<boolean> {
  return await fetch(url + HEALTH).then(
    () => true,
    () => false,
  );
}

describe('a service', () => {
  it('that is started twice at once runs once, and the second start is refused', async () => {
    const service = makeService();
    const [first, second] = await Promise.allSettled([service.start(), service.start()]);
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { code: 'bad_argument', message: 'This AI service was started twice.' },
    });
    expect(first.status === 'fulfilled' && (await isThere(first.value.url))).toBe(true);
    await service.stop();
    expect([opened, closed]).toEqual([1, 1]);
  });

  it('that is stopped while it starts is gone when its stop resolves', async () => {
    const service = makeService();
    const starting = service.start();
    await setImmediate();
    await service.stop();
    const { url } = await starting;
    expect([await isThere(url), opened, closed]).toEqual([false, 1, 1]);
  });

  it('stops once, for all who ask at once and later', async () => {
    const service = makeService();
    const { url } = await service.start();
    await Promise.all([service.stop(), service.stop()]);
    await service.stop();
    expect([await isThere(url), closed]).toEqual([false, 1]);
  });

  it('that cannot listen leaves no database open', async () => {
    const { port } = await makeService().start();
    await expect(makeService({ port }).start()).rejects.toMatchObject({ code: 'port_in_use' });
    expect([opened, closed]).toEqual([2, 1]);
  });

  it('does not start again after its stop', async () => {
    const service = makeService();
    await service.start();
    await service.stop();
    await expect(service.start()).rejects.toMatchObject({ code: 'bad_argument' });
    expect(opened).toBe(1);
  });
});
