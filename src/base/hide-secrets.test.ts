import { expect, it } from 'vitest';
import { hideSecrets, secretsIn } from './hide-secrets.ts';

const hide = hideSecrets(
  secretsIn({ Authorization: 'Bearer sk-12345678', 'X-Key': 'sk-abcde', 'X-Title': 'AI IPC' }),
);

it.each([
  ['Incorrect key sk-12345678.', 'Incorrect key ***.'],
  ['Authorization: Bearer sk-12345678, sk-abcde', 'Authorization: ***, ***'],
  ['sk-12345678sk-12345678', '******'],
  ['Bearer tokens are wanted by AI IPC', 'Bearer tokens are wanted by AI IPC'],
])('%j is told as %j', (said, told) => {
  expect(hide(said)).toBe(told);
});
