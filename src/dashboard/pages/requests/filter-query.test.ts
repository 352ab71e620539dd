import { describe, expect, it } from 'vitest';
import { filterOf, queryOf } from './filter-query.ts';

const filter = (query: string) => filterOf(new URLSearchParams(query));

describe('the filter of an address', () => {
  it('has what is given, and nothing of what is empty or no status', () => {
    expect(filter('status=failed&status=timeout&status=lost&npc=+Old+Jon+&map=&id=7&error=expired')).toEqual({
      statuses: ['failed', 'timeout'],
      npc: 'Old Jon',
      id: 7,
      errorCode: 'expired',
    });
  });

  it('takes times as UTC', () => {
    expect(filter('from=2026-11-29T16:00&to=2026-11-29T16:00:30')).toMatchObject({
      fromMs: Date.UTC(2026, 10, 29, 16),
      toMs: Date.UTC(2026, 10, 29, 16, 0, 30),
    });
  });

  it.each(['id=0', 'id=-1', 'id=1e3', 'id=99999999999999999', 'from=yesterday', 'to=2026-13-01T00:00'])(
    'says what cannot be read: %s',
    (query) => {
      expect(() => filter(query)).toThrow(/no id of a request|cannot be read/);
    },
  );

  it('is kept from page to page, and the page is not', () => {
    expect(queryOf(new URLSearchParams('npc=Jon&before=7&evil=1&map=')).toString()).toBe('npc=Jon');
  });
});
