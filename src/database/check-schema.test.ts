import { expect, it } from 'vitest';
import { checkServer } from './check-schema.ts';

const serverOf = (version: string) => checkServer(async () => [{ version }]);

it.each([
  ['10.3.39-MariaDB', true],
  ['5.5.5-10.4.34-MariaDB-log', true],
  ['10.11.19-MariaDB-0+deb12u1', true],
  ['12.1.2-MariaDB', true],
  ['8.0.13', false],
  ['9.4.0', false],
])('takes the server version %s', async (version, isMariadb) => {
  expect(await serverOf(version)).toEqual({ isMariadb });
});

it.each(['10.2.44-MariaDB', '5.5.68-MariaDB', '5.5.5-10.1.48-MariaDB', '5.7.44', '8.0.12', 'something else'])(
  'refuses the server version %s, with what is needed',
  async (version) => {
    await expect(serverOf(version)).rejects.toMatchObject({
      code: 'database_unsupported',
      message: expect.stringMatching(/MariaDB 10\.3 or later/),
    });
  },
);
