import type { Peer } from './peer.ts';

/** Why a peer cannot be measured here and what to do about it; undefined where it can. */
export function leftOutNotice({ name, needs }: Pick<Peer, 'name' | 'needs'>): string | undefined {
  const missing = needs.filter((need) => !need.isThere()).map((need) => need.what);
  if (missing.length === 0) return undefined;
  return `left out: ${name}, since ${missing.join(' and ')} is not installed. As root: npm run bench -- peers --install`;
}
