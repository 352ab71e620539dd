import { beforeEach, describe, expect, it } from 'vitest';
import { Ringers } from './ringers.ts';

const MOST = 4_096;
const HERE = { address: '127.0.0.1', port: 4_000 };

let ringers: Ringers;
beforeEach(() => {
  ringers = new Ringers();
});

describe('Ringers', () => {
  it.each(['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1'])(
    'know who rings from %s, once',
    (address) => {
      ringers.remember(7, { address, port: 4_000 });

      expect([ringers.take(7), ringers.take(7)]).toEqual([{ address, port: 4_000 }, undefined]);
    },
  );

  it.each(['192.0.2.1', '0.0.0.0', '::', 'fe80::1', '::ffff:192.0.2.1', '127.0.0.1.example', '1127.0.0.1'])(
    'know nobody at %s: nobody on another machine is sent anything',
    (address) => {
      ringers.remember(7, { address, port: 4_000 });

      expect(ringers.take(7)).toBeUndefined();
    },
  );

  it('know the last who rang for a request', () => {
    ringers.remember(7, HERE);
    ringers.remember(7, { ...HERE, port: 5_000 });

    expect(ringers.take(7)?.port).toBe(5_000);
  });

  it('are no more than 4,096 after any flood, the oldest out first', () => {
    for (let id = 1; id <= 3 * MOST; id += 1) ringers.remember(id, HERE);

    expect(ringers.size).toBe(MOST);
    expect([ringers.take(2 * MOST), ringers.take(2 * MOST + 1)]).toEqual([undefined, HERE]);
  });
});
