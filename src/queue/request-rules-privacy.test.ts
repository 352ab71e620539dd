import { expect, it } from 'vitest';
import { dataError, endpointError } from './request-rules.ts';

it('what is wrong with the data is told without quoting what a player said', () => {
  const error = dataError('{"message":"he said "my secret" to me"}');
  expect(error?.code).toBe('bad_json');
  expect(error?.message).not.toMatch(/secret|he said/);
});

it('what is wrong with an endpoint is told without its query, which may hold a key', () => {
  const error = endpointError('/api//npc?key=secret');
  expect(error?.message).toContain('"/api//npc?…"');
  expect(error?.message).not.toContain('secret');
});
