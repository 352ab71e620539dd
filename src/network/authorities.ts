import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { systemStoreFile } from '../base/system-store.ts';

/** The value of a setting in place of a file: the certificates that this machine trusts. */
const SYSTEM = 'system';

/** Node 22.15 and 23.9 have it. */
interface NewTls {
  readonly getCACertificates?: (type: 'system') => string[];
}

/** The certificates of authorities that a connection believes; undefined for those that Node knows. */
export function readAuthorities(caFile: string | null | undefined): string | string[] | undefined {
  if (caFile === null || caFile === undefined) return undefined;
  if (caFile !== SYSTEM) return readPem(caFile);
  const { getCACertificates } = tls as NewTls;
  if (getCACertificates !== undefined) return getCACertificates('system');
  const file = systemStoreFile();
  return file === undefined ? undefined : readPem(file);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AiIpcError('bad_settings', `${file} cannot be read (${messageOf(error)}).`, { cause: error });
  }
}
