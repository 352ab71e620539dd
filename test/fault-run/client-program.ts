// A client of a fault run: it asks at a steady rate, whatever becomes of the database, and notes what it is told.

import { AiIpc } from '../../src/client/index.ts';
import { type Errand, runErrand } from '../support/history/noted-client.ts';
import { createRandom, type Random } from '../support/random.ts';
import type { DatabaseSettings } from '../support/test-database.ts';
import { NoteFile, obey, tell } from './child.ts';

export interface ClientOptions {
  readonly name: string;
  readonly database: DatabaseSettings;
  readonly seed: number;
}

/** With the database away each ask waits: a game has no more scripts than so many. */
const MOST_OPEN = 400;
/** How often it catches up with its rate. */
const TICK_MS = 20;

const { name, database, seed } = JSON.parse(process.argv[2] ?? '{}') as ClientOptions;
const random = createRandom(seed);
const notes = new NoteFile();
const open = new Set<Promise<void>>();
let asked = 0;
let heldBack = 0;
let timer: NodeJS.Timeout | undefined;
const ai = await AiIpc.open({ kind: 'mariadb', ...database, maxPoolSize: 10 });

obey({
  /** Begins to ask. */
  ask({ rate, file }: { readonly rate: number; readonly file: string }) {
    notes.turnTo(file);
    const startMs = performance.now();
    let due = 0;
    timer = setInterval(() => {
      const until = Math.floor(((performance.now() - startMs) * rate) / 1_000);
      for (; due < until; due += 1) askOne();
    }, TICK_MS);
  },
  /** Asks no more, and answers when all that it asked has ended. */
  async rest() {
    clearInterval(timer);
    await Promise.all(open);
    notes.write();
    return { asked, heldBack };
  },
});
tell({ isReady: true });

function askOne(): void {
  if (open.size >= MOST_OPEN) {
    heldBack += 1;
    return;
  }
  asked += 1;
  const errand = runErrand(ai, errandOf(random, `${name}.${asked}`)).then((note) => {
    notes.add(note);
    open.delete(errand);
  });
  open.add(errand);
}

/** Most ask and wait; the others do what scripts and players do beside. */
function errandOf(random: Random, token: string): Errand {
  const luck = random.next();
  const way = luck < 0.7 ? 'ask' : luck < 0.85 ? 'watch' : luck < 0.95 ? 'cancel' : 'abort';
  const kind = random.next();
  const slowMs = kind < 0.9 ? random.between(20, 800) : 3_000;
  const endpoint = kind < 0.6 ? '/answer' : kind < 0.93 ? `/slow/${slowMs}` : '/once';
  return { way, token, endpoint, lifeSeconds: random.between(5, 30), afterMs: random.between(0, 600) };
}
