import type { HostAndPort } from '../base/host-list.ts';
import { isSame } from './hosts.ts';
import type { OpenConnection } from './line.ts';
import { sayGoodbye } from './pool-member.ts';

/** Between two looks. */
const LOOK_EVERY_MS = 2_000;

/** Of several hosts: only this one, or this one before others. */
export interface Where {
  readonly only?: HostAndPort | undefined;
  readonly first?: HostAndPort | undefined;
}

export interface SeveralHosts {
  readonly preferred: HostAndPort;
  readonly openBefore: OpenBefore;
  /** Told when connections lead to another host, the first time to another one than the preferred. */
  readonly onMove: (move: HostMove) => void;
}

interface HostMove {
  readonly from: HostAndPort;
  readonly to: HostAndPort;
  /** Why the one before does not serve; '' when a host that stands before it serves again. */
  readonly reason: string;
}

/** Opens a connection to a host that stands before this one; undefined while none of them serves. */
type OpenBefore = (place: HostAndPort) => Promise<OpenConnection | undefined>;

/** Looks whether a host serves again that stands before the one in use. */
export class HostReturn {
  readonly #openBefore: OpenBefore;
  /** Where the last look found one. */
  #seen: HostAndPort | undefined;
  #nextMs = 0;
  #isLooking = false;

  constructor(openBefore: OpenBefore) {
    this.#openBefore = openBefore;
  }

  /** It is one when two looks in a row have found it: one that is just coming up may go again. */
  async look(place: HostAndPort): Promise<OpenConnection | undefined> {
    if (this.#isLooking || performance.now() < this.#nextMs) return undefined;
    this.#isLooking = true;
    try {
      const opened = await this.#openBefore(place);
      const isKnown = opened !== undefined && this.#seen !== undefined && isSame(opened.place, this.#seen);
      this.#seen = isKnown ? undefined : opened?.place;
      if (isKnown || opened === undefined) return opened;
      await sayGoodbye(opened);
      return undefined;
    } finally {
      this.#isLooking = false;
      this.#nextMs = performance.now() + LOOK_EVERY_MS;
    }
  }
}
