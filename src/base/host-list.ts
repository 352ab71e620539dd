import { isIP, isIPv6 } from 'node:net';
import { joinHostAndPort } from './host-and-port.ts';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The hosts in their order; or what is wrong, '' where it is not even one host. */
type HostList = { readonly hosts: readonly [HostAndPort, ...HostAndPort[]] } | { readonly reason: string };

const HOST_NAME = /^(?!.*\.\.)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/i;
const PLACE = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/;

/** A host name or an IP address, without a port. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || isHostName(text);
}

export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text);
}

/** Reads `db1,db2:3307,[::1]:3306`; where no port stands, it is this one. */
export function readHostList(text: string, port: number): HostList {
  const entries = text.split(',').map((entry) => entry.trim());
  const hosts: HostAndPort[] = [];
  for (const entry of entries) {
    const place = readPlace(entry, port);
    if (place === undefined) return { reason: entries.length === 1 ? '' : aboutEntry(entry) };
    if (hosts.some((one) => one.host === place.host && one.port === place.port))
      return { reason: `it names ${JSON.stringify(entry)} twice` };
    hosts.push(place);
  }
  const [first, ...others] = hosts;
  return first === undefined ? { reason: '' } : { hosts: [first, ...others] };
}

/** As people write it. */
export function hostListText(hosts: readonly HostAndPort[]): string {
  return hosts.map(({ host, port }) => joinHostAndPort(host, port)).join(',');
}

function readPlace(entry: string, port: number): HostAndPort | undefined {
  // An IPv6 address without brackets ends with no port: all of its colons are its own.
  if (isIPv6(entry)) return { host: entry, port };
  const [, inBrackets, bare = '', ownPort] = PLACE.exec(entry) ?? [];
  const isGood = inBrackets === undefined ? isHost(bare) : isIPv6(inBrackets);
  const number = ownPort === undefined ? port : Number(ownPort);
  return isGood && isPort(number) ? { host: inBrackets ?? bare, port: number } : undefined;
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

function aboutEntry(entry: string): string {
  if (entry === '') return 'a host is missing at one of its commas';
  if (entry.startsWith('/') || entry.startsWith('\\')) return 'a socket stands alone, without other hosts';
  return `${JSON.stringify(entry)} is no host`;
}
