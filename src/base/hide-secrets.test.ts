import { expect, it } from 'vitest';
import { hideSecrets, secretsIn } from './hide-secrets.ts';

const hide = hideSecrets(
  secretsIn({ Authorization: 'Bearer sk-12345678', 'X-Key': 'sk-1234', 'X-Title': 'AI' }),
);

it.each([
  ['Incorrect key sk-12345678.', 'Incorrect key ***.'],
  ['Authorization: Bearer sk-12345678, sk-1234', 'Authorization: ***, ***'],
  ['sk-12345678sk-12345678', '******'],
  ['Bearer tokens are wanted by this AI', 'Bearer tokens are wanted by this AI'],
])('%j is told as %j', (said, told) => {
  expect(hide(said)).toBe(told);
});
