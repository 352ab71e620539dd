import type { DriverError } from './driver-error.ts';
import type { SeenLine } from './seen-line.ts';

/** Names of Node and OpenSSL for certificates that do not fit. */
const CERTIFICATE_CODES = /^(ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|INVALID_CA|ERR_OSSL_X509)/;
/** And for a handshake that came to no end. EPROTO: Node has no name for what OpenSSL said. */
const HANDSHAKE_CODES = /^(ERR_SSL_|ERR_OSSL_|EPROTO$)/;
/** Of the driver: the server has no TLS, or did not show that it knows the password. */
const DRIVER_CODES = new Set([
  'ER_SERVER_SSL_DISABLED',
  'ER_SELF_SIGNED',
  'ER_SELF_SIGNED_NO_PWD',
  'ER_SELF_SIGNED_BAD_PLUGIN',
  'ER_SELF_SIGNED_SHA256',
  'ER_TLS_IDENTITY_ERROR',
]);

/** Whether TLS is the trouble: it is the same the next time. */
export function isTlsTrouble({ code }: DriverError): boolean {
  if (code === undefined) return false;
  return CERTIFICATE_CODES.test(code) || HANDSHAKE_CODES.test(code) || DRIVER_CODES.has(code);
}

/** The driver tells nothing of what a server says that has not shown who it is. */
export function hidesReason({ code }: DriverError): boolean {
  return code === 'ER_SELF_SIGNED_NO_PWD';
}

/** Which setting mends a trouble with TLS; undefined where it is none. */
export function adviceForTls(error: DriverError, line: SeenLine): string | undefined {
  const { code = '' } = error;
  const special = ADVICE.find(([pattern]) => pattern.test(code));
  if (special !== undefined) return special[1](line, error);
  return isTlsTrouble(error) ? adviceForAuthority(line) : undefined;
}

type Advise = (line: SeenLine, error: DriverError) => string;

const ADVICE: readonly (readonly [RegExp, Advise])[] = [
  [/^ER_SERVER_SSL_DISABLED$/, adviceWithoutTls],
  [/^CERT_HAS_EXPIRED$/, adviceForExpired],
  [/^CERT_NOT_YET_VALID$/, adviceForFuture],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|ER_TLS_IDENTITY_ERROR)$/, adviceForName],
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, adviceForSelfSigned],
  [/^ER_SELF_SIGNED(_NO_PWD)?$/, adviceForUnproven],
  [/^ER_SELF_SIGNED_/, adviceForLogin],
  [HANDSHAKE_CODES, adviceForHandshake],
];

function adviceWithoutTls({ mode, settings }: SeenLine): string {
  const other =
    settings.sslCaFile === null ? 'set DB_SSL=preferred' : 'set DB_SSL=preferred, without DB_SSL_CA,';
  return (
    `DB_SSL=${mode} demands TLS, and this server offers none. Give it a certificate (ssl_cert and ssl_key there; MariaDB ` +
    `from 11.4 on and MySQL make their own), or ${other} where nobody else is on the network.`
  );
}

function adviceForExpired({ settings }: SeenLine): string {
  return (
    "The server's certificate has expired. Renew it there (ssl_cert), then FLUSH SSL, on MySQL ALTER INSTANCE RELOAD TLS. " +
    `Until then ${uncheckedBy(settings.sslCaFile)} encrypts without a look at it. (This machine's clock says ${now()}.)`
  );
}

function adviceForFuture(): string {
  return `The server's certificate counts from a later day on. Check the clock of this machine, which says ${now()}, and that of whoever made it.`;
}

function now(): string {
  return `${new Date().toISOString().slice(0, 16)}Z`;
}

/** Node's error has the certificate with it. */
function adviceForName({ settings }: SeenLine, { hostNames }: DriverError): string {
  if (hostNames === '')
    return 'The certificate names no host, as those that MySQL makes by itself: set DB_SSL=verify-ca.';
  const names = hostNames === undefined ? 'its names' : hostNames;
  return `The certificate is for ${names}, and DB_HOST is ${settings.host}. Set DB_HOST to a name that is in it; or DB_SSL=verify-ca, which looks at no name.`;
}

function adviceForSelfSigned(line: SeenLine): string {
  const { settings } = line;
  const what = 'Nobody signed the certificate of the server but itself.';
  if (!provesByPassword(line))
    return `${what} Copy that certificate from the server (ssl_cert) and set DB_SSL_CA to it; or ${uncheckedBy(settings.sslCaFile)} encrypts without a look at it.`;
  if (settings.sslCaFile !== null)
    return `${what} Where it made it by itself, it makes another at each start: leave DB_SSL_CA out and set DB_SSL=verify-full, and it has to show that it knows the password. If it is a file (ssl_cert), set DB_SSL_CA to that.`;
  return `${what} It could show by the password who it is, over the network, if there were one: give the account a password, or ${uncheckedBy(null)} encrypts without a check.`;
}

function provesByPassword({ greeting }: SeenLine): boolean {
  if (greeting?.kind !== 'server' || !/mariadb/i.test(greeting.version)) return false;
  const [major = 0, minor = 0] = greeting.version.split('.').map(Number.parseFloat);
  return major > 11 || (major === 11 && minor >= 4);
}

function adviceForUnproven(): string {
  return (
    'The server did not show that it knows the password: its certificate is signed by an authority that Node does not know, ' +
    'or somebody stands between. Set DB_SSL_CA to the certificate of that authority.'
  );
}

function adviceForLogin(): string {
  return (
    'With its way to log in a server cannot show by the password who it is. ALTER USER … IDENTIFIED VIA ed25519 (or ' +
    'mysql_native_password), or set DB_SSL_CA to the certificate of the authority that signed that of the server.'
  );
}

function adviceForHandshake({ mode, settings }: SeenLine): string {
  return (
    'Server and client found no common TLS: this Node takes TLS 1.2 and later. Set tls_version of the server to ' +
    `TLSv1.2,TLSv1.3 (and look at ssl_cipher and the size of its key)${mode === 'disabled' ? '' : `; or ${plainBy(settings.sslCaFile)} where nobody else is on the network`}.`
  );
}

/** Any other fault of a chain: another authority signed it. */
function adviceForAuthority({ settings }: SeenLine): string {
  const { sslCaFile } = settings;
  const where =
    "At the server SHOW VARIABLES LIKE 'ssl_ca' names its file, on MySQL ca.pem in the data folder";
  return sslCaFile === null
    ? `The authority that signed the server's certificate is none of those that Node knows. Set DB_SSL_CA to its certificate. ${where}.`
    : `The authority in ${sslCaFile} is not the one that signed the server's certificate. Set DB_SSL_CA to the certificate of that one. ${where}.`;
}

function uncheckedBy(sslCaFile: string | null): string {
  return `DB_SSL=required${withoutFile(sslCaFile)}`;
}

function plainBy(sslCaFile: string | null): string {
  return `DB_SSL=disabled${withoutFile(sslCaFile)}`;
}

function withoutFile(sslCaFile: string | null): string {
  return sslCaFile === null ? '' : ' (without DB_SSL_CA)';
}
