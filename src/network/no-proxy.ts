import { BlockList, isIP, isIPv4 } from 'node:net';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address is on this machine: no proxy can reach that. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || host.endsWith('.localhost') || isIn(LOOPBACK, host);
}

/**
 * Whether NO_PROXY names the host of an address: `*`, a name (and all below it, with or without a dot or `*.` before it), an IP
 * address, a network (10.0.0.0/8, fd00::/8), each with or without a port. Names are not looked up.
 */
export function noProxyMatches(noProxy: string, url: URL): boolean {
  const host = hostOf(url);
  const port = Number(url.port) || DEFAULT_PORTS[url.protocol];
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .map(readEntry)
    .some((entry) => (entry.port === undefined || entry.port === port) && namesHost(entry.host, host));
}

/** Without the brackets of IPv6, and the dot of a name that is complete. */
function hostOf({ hostname }: URL): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function readEntry(entry: string): { readonly host: string; readonly port?: number } {
  // An IPv6 address has colons of its own: one without brackets has no port.
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const host = (bracketed ?? plain ?? entry).toLowerCase();
  return port === undefined ? { host } : { host, port: Number(port) };
}

function namesHost(entry: string, host: string): boolean {
  if (entry === '*') return true;
  const network = networkOf(entry);
  if (network !== undefined) return isIn(network, host);
  const name = entry.replace(/^\*?\./, '').replace(/\.$/, '');
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

/** undefined for a name. */
function networkOf(entry: string): BlockList | undefined {
  const [address = '', prefix] = entry.split('/');
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= most)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return network;
}

function isIn(network: BlockList, host: string): boolean {
  return isIP(host) !== 0 && network.check(host, isIPv4(host) ? 'ipv4' : 'ipv6');
}
