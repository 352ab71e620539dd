import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openBenchFolder } from './bench-folder.ts';
import { findLeft, giveWay } from './bench-others.ts';
import type { BenchGround, OtherPlace } from './bench-place.ts';

const LONG_AGO = new Date(0);
let folder: string;
let ground: BenchGround;
let clock: FakeClock;
let stop: AbortController;
let watched: OtherPlace[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-ipc-bench-others-'));
  ground = openBenchFolder(join(folder, 'queue.sqlite'));
  clock = new FakeClock();
  stop = new AbortController();
  watched = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const look = () => findLeft(ground, { clock, signal: stop.signal, onWatch: (place) => watched.push(place) });
const ageOf = (name: string, beat: Date) => {
  const mark = readdirSync(join(folder, name)).find((file) => file.endsWith('.txt'));
  utimesSync(join(folder, name, String(mark)), beat, beat);
};

it('one without a beat for a minute is left over, at once', async () => {
  const { name } = await ground.make('a killed one');
  ageOf(name, LONG_AGO);

  expect((await look()).places).toMatchObject([{ name, owner: 'a killed one' }]);
  expect(watched).toEqual([]);
});

it('one that was just heard of is watched for 15 s, and left over when it says nothing', async () => {
  const { name } = await ground.make('a killed one');
  const looking = look();

  await clock.advance(14_000);
  expect(watched).toMatchObject([{ name }]);
  expect(clock.sleeping).toBe(1);
  await clock.advance(1_000);

  expect((await looking).places).toMatchObject([{ name }]);
});

it('one that beats meanwhile is at work, and the caller hears whose it is', async () => {
  const { name, beat } = await ground.make('process 7 on a host');
  ageOf(name, new Date(Date.now() - 5_000));
  const looking = look().catch((error: unknown) => error);

  await clock.advance(1_000);
  await beat();
  await clock.advance(1_000);

  expect(await looking).toMatchObject({
    code: 'bench_refused',
    message: expect.stringContaining(`Another bench is at work here: process 7 on a host, in ${name}.`),
  });
});

it('one that ends meanwhile is neither', async () => {
  const { remove } = await ground.make('process 7 on a host');
  const looking = look();

  await clock.advance(1_000);
  await remove();
  await clock.advance(1_000);

  expect(await looking).toEqual({ places: [], strangers: [] });
});

it('a stop ends the watching', async () => {
  await ground.make('process 7 on a host');
  const looking = look().catch((error: unknown) => error);

  await clock.advance(1_000);
  stop.abort();

  expect(await looking).toMatchObject({ code: 'aborted' });
});

it('of two that begin in the same moment one gives way, and one that was killed is nobody', async () => {
  const one = await ground.make('one');
  const other = await ground.make('other');
  const killed = await ground.make('killed');
  ageOf(killed.name, LONG_AGO);

  const results = await Promise.allSettled([giveWay(ground, one), giveWay(ground, other)]);

  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
