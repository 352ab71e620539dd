import { existsSync } from 'node:fs';

/** Debian and Ubuntu, Red Hat, SUSE, Alpine and macOS, in this order. */
const FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The file with the certificates that this machine trusts; undefined where it keeps them elsewhere, as Windows does. */
export function systemStoreFile(): string | undefined {
  return FILES.find((file) => existsSync(file));
}
