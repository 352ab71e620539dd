import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainName } from './plain-name.ts';

it.each([
  ['Ana', 'Ana'],
  ['^FF0000Ana^000000', 'Ana'],
  ['**Ana**', 'Ana'],
  ['_Ana_ `x`', 'Ana x'],
  ['<b>Ana</b>', 'b Ana b'],
  ['&lt;b&gt;Ana', 'lt b gt Ana'],
  ['[Ana](http://evil.example)', 'Ana http evil example'],
  ['{player}', 'player'],
  ['# Ana\n- GM', 'Ana - GM'],
  ["O'Neil-Smith", "O'Neil-Smith"],
  ['สมชาย', 'สมชาย'],
  ['ジャン・ルイ', 'ジャン・ルイ'],
  ['Артур', 'Артур'],
  ['***', ''],
  ['x'.repeat(50), 'x'.repeat(30)],
])('%j is %j', (name, plain) => {
  expect(plainName(name)).toBe(plain);
});

it('nothing that a client or a reader of markup could take for more than a name is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
      expect(plainName(name)).not.toMatch(/[<>^[\]{}*_`~#|\\&;:/@=()]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect([...plainName(name)].length).toBeLessThanOrEqual(30);
    }),
  );
});
