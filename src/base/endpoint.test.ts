import { describe, expect, it } from 'vitest';
import { fuzzEndpoints, leaving } from '../../test/support/endpoint-fuzz.ts';
import { endpointFault } from './endpoint.ts';

/** npm run bench -- fuzz has a million of them. */
const CASES = 20_000;
const ORIGIN = 'http://127.0.0.1:8000';

it('of 20,000 endpoints none leads a call anywhere but to the configured service', async () => {
  const { called, refused, faults } = await fuzzEndpoints({ cases: CASES, seed: 1 });
  expect(faults).toEqual([]);
  // Both sides of the rules are tried.
  expect(called).toBeGreaterThan(CASES / 5);
  expect(refused).toBeGreaterThan(CASES / 5);
});

describe('what the fuzzer would tell of, if a rule fell', () => {
  it.each([
    ['/../admin', /put behind the base address, it is http:\/\/127\.0\.0\.1:8000\/ai\/admin/],
    ['/a/%2e%2e/%2e%2e/admin', /put behind/],
    ['/..%2fadmin', /decoded once more/],
    ['/%2e%2e%5cadmin', /decoded once more|put behind/],
    ['@evil.example/', /it is no address|it is http:\/\/127/],
    ['//evil.example/', /resolved, it is another origin/],
    ['/\\evil.example/', /resolved, it is another origin/],
    ['/\t/evil.example/', /resolved, it is another origin/],
  ])('%j', (endpoint, words) => {
    expect(leaving(endpoint, ORIGIN)).toMatch(words);
    expect(endpointFault(endpoint)).toBeDefined();
  });

  it('not of a path and a query', () => {
    expect(leaving('/api/v1/npc/dialogue?npc=7&x=%20', ORIGIN)).toBeUndefined();
  });
});
