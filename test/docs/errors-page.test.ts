import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERRORS } from '../../src/base/errors.ts';
import { PROXY_VARIABLES } from '../../src/config/proxies.ts';
import { ALL_SETTINGS } from '../../src/config/schema.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (\d+|–) \| (.+) \| (.+) \|$/gm)].map(
  ([, code = '', exit = '', happened = '', advice = '']) => ({ code, exit, happened, advice }),
);

it('docs/errors.md explains every code, each once, and no other', () => {
  expect(rows.map(({ code }) => code).sort()).toEqual(Object.keys(ERRORS).sort());
});

it('it has the exit code of every error that ends a command', () => {
  const exits = Object.fromEntries(rows.map(({ code, exit }) => [code, exit]));
  const expected = Object.entries(ERRORS).map(([code, entry]) => [
    code,
    'exit' in entry ? String(entry.exit) : '–',
  ]);
  expect(exits).toEqual(Object.fromEntries(expected));
});

it('it says of each what happened and what to do', () => {
  for (const { code, happened, advice } of rows) {
    expect(happened, code).toMatch(/^[A-Z`].*[.?]$/);
    expect(advice, code).toMatch(/^[A-Z0-9`].*[.?]$/);
  }
});

it('the settings that it names exist', () => {
  const named = [...page.matchAll(/`([A-Z]{2,}(?:_[A-Z]+)+)`/g)].map(([, name]) => name);
  // Those of proxies are everybody's, and one is Node's.
  const others = [...PROXY_VARIABLES, 'NODE_EXTRA_CA_CERTS'];
  const known = [...ALL_SETTINGS.map((setting) => setting.variable), ...others];
  expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
});
