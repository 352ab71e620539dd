import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';

/** Somebody who brought the token. */
export interface Session {
  readonly id: string;
  /** Stands in each form, and in no page of another site. */
  readonly formKey: string;
  /** As he named himself, for the audit log. */
  readonly name: string;
}

/** A night's watch; who sits longer signs in again. */
const LIFE_MS = 12 * 3_600_000;
/** Of each that signs in anew, the oldest goes. */
const MOST_SESSIONS = 100;
/** A token of 16 characters cannot be guessed at this pace, and a person who mistypes does not notice it. */
const MOST_TRIES = 10;
const TRIES_MS = 60_000;
/** Of whom wrong tokens are counted; nobody else's sign-in waits for them. */
const MOST_ADDRESSES = 1_000;

type SignedIn = { readonly session: Session } | { readonly refused: 'wrong' | 'too often' | 'nobody' };

/** Who is signed in, in this process: after a restart everybody signs in again. */
export class Sessions {
  readonly #token: string | null;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session & { readonly endMs: number }>();
  readonly #failedMs = new Map<string, readonly number[]>();

  /** Without a token nobody can sign in. */
  constructor(token: string | null, clock: Clock) {
    this.#token = token;
    this.#clock = clock;
  }

  signIn(token: string, { name, address }: { readonly name: string; readonly address: string }): SignedIn {
    const nowMs = this.#clock.nowMs();
    if (this.#token === null) return { refused: 'nobody' };
    const failedMs = (this.#failedMs.get(address) ?? []).filter((ms) => nowMs - ms < TRIES_MS);
    if (failedMs.length >= MOST_TRIES) return { refused: 'too often' };
    // Digests are of one length, so the comparison takes the same time for every token.
    if (!timingSafeEqual(digest(token), digest(this.#token))) {
      this.#failedMs.delete(address);
      this.#failedMs.set(address, [...failedMs, nowMs]);
      const [oldest] = this.#failedMs.keys();
      if (this.#failedMs.size > MOST_ADDRESSES && oldest !== undefined) this.#failedMs.delete(oldest);
      return { refused: 'wrong' };
    }
    const session = { id: newSecret(), formKey: newSecret(), name, endMs: nowMs + LIFE_MS };
    this.#sessions.set(session.id, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return { session };
  }

  find(id: string | undefined): Session | null {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (session === undefined) return null;
    if (this.#clock.nowMs() < session.endMs) return session;
    this.#sessions.delete(session.id);
    return null;
  }

  signOut({ id }: Session): void {
    this.#sessions.delete(id);
  }
}

/** Whether a form that came was made for this session. */
export function isFormOf(session: Session, formKey: unknown): boolean {
  return typeof formKey === 'string' && timingSafeEqual(digest(formKey), digest(session.formKey));
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
