import { isIPv6 } from 'node:net';

/** host:port as a URL has it: an IPv6 address has colons of its own, so it stands in [ ]. */
export function joinHostAndPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** The other way round; what is no port is 0. */
export function splitHostAndPort(text: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, bare = '', port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  return { host: inBrackets ?? bare, port: Number(port) };
}
