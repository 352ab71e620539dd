/** How connections to MariaDB and MySQL are encrypted, in the words of MySQL's own clients. */
export const SSL_MODES = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-full'] as const;

/**
 * disabled: never. preferred: where the server offers it, else not; nobody checks the server. required: always, unchecked.
 * verify-ca: an authority must have signed the server's certificate. verify-full: and it must be for the host's name.
 */
export type SslMode = (typeof SSL_MODES)[number];

/** What holds where DB_SSL is not set: a file of authorities is given for the server to be checked. */
export function sslModeOf({
  ssl,
  sslCaFile,
}: {
  readonly ssl?: SslMode;
  readonly sslCaFile: string | null;
}): SslMode {
  return ssl ?? (sslCaFile === null ? 'preferred' : 'verify-full');
}

/** Whether the server has to show who it is. */
export function checksServer(mode: SslMode): boolean {
  return mode === 'verify-ca' || mode === 'verify-full';
}
