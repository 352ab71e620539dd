/** The latest of them: those of 200 requests a second that take 20 s each. */
const MOST = 4_096;
/** As a socket tells them; one of IPv6 tells IPv4 with a prefix. */
const LOOPBACK = /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::1)$/;

/** Where a ring came from. */
export interface Ringer {
  readonly address: string;
  readonly port: number;
}

/**
 * Who rang for which request and wants to be rung back. Only programs on this machine: so nobody can have datagrams sent
 * to another one, whatever address he writes into his. One place a request, and a bounded number of them, the oldest out
 * first; whoever is left out looks for his answer by himself.
 */
export class Ringers {
  readonly #ringers = new Map<number, Ringer>();

  get size(): number {
    return this.#ringers.size;
  }

  remember(id: number, { address, port }: Ringer): void {
    if (!LOOPBACK.test(address)) return;
    // The latest is the last.
    this.#ringers.delete(id);
    this.#ringers.set(id, { address, port });
    if (this.#ringers.size <= MOST) return;
    const [oldest] = this.#ringers.keys();
    if (oldest !== undefined) this.#ringers.delete(oldest);
  }

  /** Each ring is answered once. */
  take(id: number): Ringer | undefined {
    const ringer = this.#ringers.get(id);
    this.#ringers.delete(id);
    return ringer;
  }
}
