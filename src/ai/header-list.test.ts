import { expect, it } from 'vitest';
import { HeaderList, headerFault } from './header-list.ts';

it.each(['connection', 'Content-Length', 'expect', 'HOST', 'keep-alive', 'transfer-encoding', 'Upgrade'])(
  'the header %s belongs to the connection',
  (name) => {
    expect(headerFault(name, 'x')).toBe('belongs to the connection and cannot be set');
  },
);

it('a header of a call takes the place of one with the same name, whatever its capitals', () => {
  const list = new HeaderList({ accept: 'a', 'user-agent': 'b' }, { Accept: 'c' });

  expect(list.with({ ACCEPT: 'd', 'X-Own': 'e' })).toEqual(['accept', 'd', 'user-agent', 'b', 'X-Own', 'e']);
});

it('what one call adds, the next one does not have', () => {
  const list = new HeaderList({ accept: 'a' }, {});
  list.with({ accept: 'b', 'x-own': 'c' });

  expect(list.with({})).toEqual(['accept', 'a']);
});
