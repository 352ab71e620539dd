import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type SecureContextOptions } from 'node:tls';
import { AiIpcError } from '../base/errors.ts';
import { readCaFile } from '../config/ca-file.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { checksServer, type SslMode, sslModeOf } from '../config/ssl-mode.ts';

/** Whether a connection is encrypted, and by what its server was known. */
export interface Encryption {
  readonly mode: SslMode;
  readonly isOn: boolean;
  /** By what the server was known; nothing where it was not checked. */
  readonly knownBy: 'nothing' | 'certificate' | 'certificate and name' | 'password';
  /** Why it is off although it is not disabled. */
  readonly whyOff?: string;
}

/** What the driver takes as `ssl`. */
export type DriverSsl = SecureContextOptions &
  Pick<ConnectionOptions, 'checkServerIdentity' | 'rejectUnauthorized' | 'servername'>;

/** Whether the certificate was seen to be the right one; it stays false where the driver goes by the password. */
export interface CertificateCheck {
  isPassed: boolean;
}

/**
 * Without a file of authorities those count that Node knows. MariaDB from 11.4 on makes its own certificate at each start,
 * which none of them knows; the driver then has the server show that it knows the password, for this very certificate.
 */
export function driverSsl(
  settings: Pick<MariadbSettings, 'host' | 'ssl' | 'sslCaFile'>,
  check: CertificateCheck,
): DriverSsl | undefined {
  const mode = sslModeOf(settings);
  checkFileIsOfUse(mode, settings.sslCaFile);
  if (mode === 'disabled') return undefined;
  if (mode === 'preferred' || mode === 'required') return { rejectUnauthorized: false };
  const { host, sslCaFile } = settings;
  return {
    rejectUnauthorized: true,
    ...(sslCaFile === null ? {} : { ca: authoritiesIn(sslCaFile) }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    checkServerIdentity: (_, certificate) => {
      // Node would take the host of a socket that it did not open for `localhost`.
      const fault = mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined;
      check.isPassed = fault === undefined;
      return fault;
    },
  };
}

/** One that nobody would look into: whoever gave it believes that the server is checked. */
function checkFileIsOfUse(mode: SslMode, sslCaFile: string | null): void {
  if (sslCaFile === null || checksServer(mode)) return;
  throw new AiIpcError(
    'bad_settings',
    `DB_SSL_CA: ${sslCaFile} is of no use with DB_SSL=${mode}. Set DB_SSL to verify-ca or verify-full, or leave DB_SSL_CA out.`,
  );
}

function authoritiesIn(file: string): string {
  const read = readCaFile(file);
  if ('text' in read) return read.text;
  throw new AiIpcError('bad_settings', `DB_SSL_CA: ${file} ${read.reason}`);
}

/** For people: `TLSv1.3; the server was not checked (DB_SSL=preferred)`. */
export function encryptionWords({ mode, isOn, knownBy, whyOff }: Encryption, version: string): string {
  if (!isOn) return whyOff === undefined ? `off (DB_SSL=${mode})` : `off: ${whyOff} (DB_SSL=${mode})`;
  const proof = knownBy === 'password' ? 'the password' : `its ${knownBy}`;
  const check = knownBy === 'nothing' ? 'the server was not checked' : `the server was checked by ${proof}`;
  return `${version === '' ? 'TLS' : version}; ${check} (DB_SSL=${mode})`;
}
