import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCaFile } from './ca-file.ts';

const CERTIFICATES = new URL('../../test/support/tls/', import.meta.url);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-ipc-ca-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function pem(name: string): string {
  return readFileSync(new URL(`${name}.pem`, CERTIFICATES), 'utf8');
}

function derOf(text: string): Buffer {
  return Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** What is said of a file with this in it. */
function judged(content: string | Buffer): string | undefined {
  const file = join(folder, 'file.pem');
  writeFileSync(file, content);
  const read = readCaFile(file);
  return 'reason' in read ? read.reason.replaceAll(file, 'FILE') : undefined;
}

describe('a file of authorities is refused by name, with the cure', () => {
  const request = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n';
  const publicKey = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';
  it.each<[string, string | Buffer, RegExp]>([
    ['empty', '', /^is empty\. Give the PEM file of the authority/],
    ['blank lines', '\n \n', /^is empty/],
    ['DER', derOf(pem('ca')), /^is a certificate in DER.*openssl x509 -inform der -in FILE -out ca\.pem/],
    ['a private key', pem('server-key'), /^is a private key.*ca\.pem/],
    [
      'an old private key',
      pem('server-key').replaceAll(' PRIVATE', ' RSA PRIVATE'),
      /^is a private key.*ca\.pem/,
    ],
    ['a request', request, /^is a request for a certificate/],
    ['a public key', publicKey, /^is a public key and no certificate/],
    ['UTF-16', Buffer.from(`\ufeff${pem('ca')}`, 'utf16le'), /^is in UTF-16.*Save it as UTF-8/],
    ['words', 'ask the admin', /^has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----/],
    [
      'a second certificate that was cut',
      `${pem('ca')}-----BEGIN CERTIFICATE-----\nMIIDFzCC\n-----END CERTIFICATE-----\n`,
      /^is damaged: certificate 2 of 2 .*Copy the file anew/,
    ],
    [
      'an authority that expired',
      pem('expired-ca'),
      /^has a certificate \(Long ago\) that expired on .*renew it/,
    ],
    [
      'the certificate of a server',
      pem('server-cert'),
      /^has the certificate of 127\.0\.0\.1, which is no authority\. Give the file of AI IPC tests/,
    ],
    [
      'an authority that another one signed',
      pem('intermediate-ca'),
      /^has the authority A department, which AI IPC tests has signed\. Append the certificate of AI IPC tests/,
    ],
  ])('%s', (_, content, reason) => {
    expect(judged(content)).toMatch(reason);
  });

  it('a missing one, and a folder', () => {
    expect(readCaFile('/etc/no-such/ca.pem')).toMatchObject({
      reason: expect.stringMatching(/^cannot be read \(ENOENT.*Check the path, and that the user/),
    });
    expect(readCaFile('/etc')).toMatchObject({ reason: expect.stringMatching(/^cannot be read \(EISDIR/) });
  });

  it.each(['/home/me/ca.pem', '/root/ca.pem', '/tmp/no-such-folder/ca.pem'])(
    'one at %s is told to be out of sight of the units',
    (file) => {
      expect(readCaFile(file)).toMatchObject({
        reason: expect.stringMatching(/ProtectHome and PrivateTmp.*put it into \/etc\/ai-ipc/),
      });
    },
  );
});

it.each([
  ['an authority', () => pem('ca')],
  [
    'with words around it and the line ends of Windows',
    () => `made today\r\n${pem('ca').replaceAll('\n', '\r\n')}`,
  ],
  ['a bundle of which one has expired', () => pem('expired-ca') + pem('intermediate-ca') + pem('ca')],
  ['a server that signed its own', () => pem('self-signed-cert')],
])('%s is taken', (_, content) => {
  expect(judged(content())).toBeUndefined();
});
