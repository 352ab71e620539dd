/** What the driver's errors have; read with care, because anything may be thrown. */
export interface DriverError {
  readonly errno: number | undefined;
  readonly code: string | undefined;
  readonly isFatal: boolean;
  /** The hosts in a certificate that was found to be for others; '' for none. */
  readonly hostNames?: string;
}

export function readDriverError(error: unknown): DriverError {
  // Of several addresses that were tried, the last one's.
  const tried = error instanceof AggregateError ? (error.errors.at(-1) ?? error) : error;
  if (typeof tried !== 'object' || tried === null)
    return { errno: undefined, code: undefined, isFatal: false };
  const { errno, code, fatal, cert } = tried as Readonly<Record<string, unknown>>;
  return {
    errno: typeof errno === 'number' ? errno : undefined,
    code: typeof code === 'string' ? code : undefined,
    isFatal: fatal === true,
    ...(typeof cert === 'object' && cert !== null ? { hostNames: hostNamesIn(cert) } : {}),
  };
}

/** `DNS:db.example, IP Address:192.0.2.7` as `db.example and 192.0.2.7`. */
function hostNamesIn(certificate: { readonly subjectaltname?: unknown }): string {
  const names = typeof certificate.subjectaltname === 'string' ? certificate.subjectaltname : '';
  return names
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== '')
    .join(' and ');
}
