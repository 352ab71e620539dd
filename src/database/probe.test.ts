import { expect, it } from 'vitest';
import { skippingVersion } from './probe.ts';

it.each([
  ['10.11.19-MariaDB-0+deb12u1', true],
  ['11.8.9-MariaDB-log', true],
  ['10.6.0-MariaDB', true],
  ['10.5.29-MariaDB-0+deb11u1', false],
  ['5.5.5-10.11.19-MariaDB', true],
  ['5.5.5-10.5.29-MariaDB', false],
  ['8.0.46', true],
  ['9.7.0', true],
  ['5.7.44-log', false],
  ['8.0.11-TiDB-v8.5.0', false],
])('by its version, %s skips locked rows: %s', (version, skips) => {
  expect(skippingVersion(version)).toBe(skips);
});
