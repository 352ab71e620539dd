import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { messageOf } from '../base/errors.ts';
import { systemStoreFile } from '../base/system-store.ts';

/** The text of a usable file; or why it is none, as the end of a sentence that begins with the file. */
export type CaFile = { readonly text: string } | { readonly reason: string };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** Folders of which the units in deploy/ see nothing (ProtectHome, PrivateTmp). */
const UNSEEN_BY_UNITS = /^\/(home|root|run\/user|tmp|var\/tmp)\//;
const WANTED = 'Give the PEM file of the authority that signed the certificate of the server';

/** Other things that stand in PEM files beside certificates, by their first lines. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    `is a private key, which belongs to its owner alone (ssl_key of a server). ${WANTED}, often ca.pem.`,
  ],
  [
    /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/,
    `is a request for a certificate, which an authority has yet to sign. ${WANTED}.`,
  ],
  [/-----BEGIN PUBLIC KEY-----/, `is a public key and no certificate. ${WANTED}, often ca.pem.`],
];

/**
 * Reads and judges the file of authorities. A bundle may have certificates that are of no use, as those of systems do; one
 * must be of use: the certificate of an authority which nobody else signed, or that of a server which signed its own, and
 * valid now.
 */
export function readCaFile(file: string): CaFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return { reason: `cannot be read (${messageOf(error)}).${unitsHint(file)}` };
  }
  const text = bytes.toString('utf8');
  const reason = reasonAgainst(bytes, text, file);
  return reason === undefined ? { text } : { reason };
}

/** Node 20 asks the system for its certificates in no way of its own: there they are read from its file. */
export function checkSystemStore(): CaFile {
  if ('getCACertificates' in tls || systemStoreFile() !== undefined) return { text: '' };
  return {
    reason:
      'is not known to this Node (22.15 and later ask every system). Install the package ca-certificates, or give a PEM file.',
  };
}

/** What to do about a file that cannot be read. */
export function unitsHint(file: string): string {
  if (!UNSEEN_BY_UNITS.test(file)) return ' Check the path, and that the user of this program may read it.';
  return (
    ' Under systemd nothing below /home, /root and /tmp can be seen (ProtectHome and PrivateTmp of the units in deploy/): ' +
    'put it into /etc/ai-ipc.'
  );
}

function reasonAgainst(bytes: Buffer, text: string, file: string): string | undefined {
  if (text.trim() === '') return `is empty. ${WANTED}.`;
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) return reasonAgainstOther(bytes, text, file);
  const certificates = found.map(parsed);
  const damaged = certificates.indexOf(undefined);
  if (damaged >= 0)
    return `is damaged: certificate ${damaged + 1} of ${found.length} in it cannot be read. Copy the file anew.`;
  const reasons = certificates.flatMap((one) => (one === undefined ? [] : [reasonAgainstCertificate(one)]));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function reasonAgainstOther(bytes: Buffer, text: string, file: string): string {
  const [, other] = OTHER_KINDS.find(([pattern]) => pattern.test(text)) ?? [];
  if (other !== undefined) return other;
  if (parsed(bytes) !== undefined)
    return `is a certificate in DER. Make it PEM: openssl x509 -inform der -in ${file} -out ca.pem`;
  if (bytes[0] === 0xff || bytes[0] === 0xfe)
    return 'is in UTF-16, as Notepad and PowerShell write. Save it as UTF-8.';
  return `has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----. ${WANTED}.`;
}

function parsed(certificate: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    // Whoever asks tells that it is none.
    return undefined;
  }
}

function reasonAgainstCertificate(certificate: X509Certificate): string | undefined {
  const name = nameOf(certificate.subject);
  const nowMs = Date.now();
  if (new Date(certificate.validTo).getTime() < nowMs)
    return `has a certificate (${name}) that expired on ${certificate.validTo}. Have the authority renew it, or give the file of another one.`;
  if (new Date(certificate.validFrom).getTime() > nowMs)
    return `has a certificate (${name}) that counts from ${certificate.validFrom} on. Check the clock of this machine.`;
  const isOwnSigner = certificate.subject === certificate.issuer;
  if (isOwnSigner) return undefined;
  const issuer = nameOf(certificate.issuer);
  return certificate.ca
    ? `has the authority ${name}, which ${issuer} has signed. Append the certificate of ${issuer} to the file.`
    : `has the certificate of ${name}, which is no authority. Give the file of ${issuer}, which signed it.`;
}

/** The common name, else all of it in one line. */
function nameOf(distinguishedName: string): string {
  return /^CN=(.*)$/m.exec(distinguishedName)?.[1] ?? distinguishedName.replaceAll('\n', ', ');
}
