import { isIPv6 } from 'node:net';

/** host:port as a URL has it: an IPv6 address has colons of its own, so it stands in [ ]. */
export function joinHostAndPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
