import { expect, it } from 'vitest';
import type { ClaimRef } from '../queue/request.ts';
import { type ReleaseReason, Releases } from './releases.ts';

const claim = (id: number): ClaimRef => ({ id, claimNo: 1 });

function recorded() {
  const told: { reason: ReleaseReason; ids: number[] }[] = [];
  const releases = new Releases(async (claims, reason) => {
    told.push({ reason, ids: claims.map(({ id }) => id) });
  });
  return { told, releases };
}

it('gives back together what comes in one turn, by its reason', async () => {
  const { told, releases } = recorded();
  await Promise.all([
    releases.add([claim(1)], 'stopping'),
    releases.add([claim(2), claim(3)], 'stopping'),
    releases.add([claim(4)], 'breaker'),
  ]);
  expect(told).toEqual([
    { reason: 'stopping', ids: [1, 2, 3] },
    { reason: 'breaker', ids: [4] },
  ]);
});

it('gives back what comes later by itself', async () => {
  const { told, releases } = recorded();
  await releases.add([claim(1)], 'stopping');
  await releases.add([claim(2)], 'stopping');
  expect(told.map(({ ids }) => ids)).toEqual([[1], [2]]);
});

it('resolves only when they were given back', async () => {
  let end: () => void = () => undefined;
  const releases = new Releases(() => new Promise((resolve) => (end = resolve)));
  let hasEnded = false;
  const released = releases.add([claim(1)], 'stopping').then(() => {
    hasEnded = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasEnded).toBe(false);
  end();
  await released;
  expect(hasEnded).toBe(true);
});
