import { describe, expect, it } from 'vitest';
import { diskFindings } from './disk.ts';

describe('a disk', () => {
  const GIB = 1024 ** 3;
  it.each([
    [0.1 * GIB, 'broken', /requests and answers are about to be refused/],
    [2 * GIB, 'warning', /2\.0 GiB of 100 GiB are free/],
    [50 * GIB, 'ok', /50 GiB of 100 GiB are free/],
  ])('with %i bytes of 100 GiB free is %s', async (freeBytes, verdict, reason) => {
    const look = async (folder: string) => ({ folder, freeBytes, totalBytes: 100 * GIB });
    expect(await diskFindings('/data', look)).toMatchObject([
      { verdict, reason: expect.stringMatching(reason) },
    ]);
  });

  it('that cannot be looked at is not taken for a full one', async () => {
    expect(await diskFindings('/there/is/no/such/folder')).toMatchObject([{ verdict: 'unseen' }]);
  });
});
