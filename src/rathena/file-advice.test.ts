import { describe, expect, it } from 'vitest';
import { fileAdviceFor, withPatience } from './file-advice.ts';

function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

it.each([
  ['a file that another program holds', 'EBUSY', /A program holds it: stop the map server/],
  ['a program that runs', 'ETXTBSY', /stop that/],
  ['a file that is marked read-only', 'EPERM', /attrib -R on Windows, chattr -i on Linux/],
  ['a file of somebody else', 'EACCES', /give him the right/],
  ['a disk that is mounted for reading', 'EROFS', /mount it for writing/],
  ['a full disk', 'ENOSPC', /make room/],
  ['a quota', 'EDQUOT', /quota/],
  ['a limit of this user', 'EFBIG', /ulimit -f/],
  ['anything else', 'EIO', /Make room, or give this user the right/],
])('%s is told with what mends it', (_, code, words) => {
  expect(fileAdviceFor(refusal(code))).toMatch(words);
});

describe('a file in use', () => {
  it('is tried again until it is free', () => {
    let tries = 0;
    withPatience(() => {
      tries += 1;
      if (tries < 3) throw refusal('EBUSY');
    });
    expect(tries).toBe(3);
  });

  it('is given up after six tries, with its own error', () => {
    let tries = 0;
    const work = () =>
      withPatience(() => {
        tries += 1;
        throw refusal('EPERM');
      });
    expect(work).toThrow('EPERM');
    expect(tries).toBe(6);
  });

  it('any other trouble is told at once', () => {
    let tries = 0;
    const work = () =>
      withPatience(() => {
        tries += 1;
        throw refusal('ENOSPC');
      });
    expect(work).toThrow('ENOSPC');
    expect(tries).toBe(1);
  });
});
