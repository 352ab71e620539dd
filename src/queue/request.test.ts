import { expect, it } from 'vitest';
import { isEnded, REQUEST_STATUSES, statusCode } from './request.ts';

it('the status codes are those of the document', () => {
  expect(statusCode(undefined)).toBe(0);
  expect(REQUEST_STATUSES.map(statusCode)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('pending and processing are not ended, the other four are', () => {
  expect(REQUEST_STATUSES.filter(isEnded)).toEqual(['completed', 'failed', 'timeout', 'cancelled']);
});
