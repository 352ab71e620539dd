import { isIPv6 } from 'node:net';

/** host:port as a URL has it: an IPv6 address has colons of its own, so it stands in [ ]. */
export function joinHostAndPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Splits host:port; an IPv6 host may stand in brackets. undefined for what is neither. */
export function splitHostAndPort(address: string): { host: string; port: number } | undefined {
  const separator = address.lastIndexOf(':');
  const portText = address.slice(separator + 1);
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  const host = address.slice(0, separator).replace(/^\[(.*)\]$/, '$1');
  return separator > 0 && host !== '' && port <= 65_535 ? { host, port } : undefined;
}
