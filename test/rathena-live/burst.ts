import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.ts';
import type { GameClient } from './client.ts';
import { npcIds, order } from './control.ts';
import * as packets from './packets.ts';
import { type Holds, nowMs, Pinger, since } from './pinger.ts';
import { duplicates } from './places.ts';
import { pressThrough } from './player.ts';
import type { Stage } from './stage.ts';
import { timesOf } from './thread-times.ts';

/** `no AI` is the same dialogue with an NPC that asks nobody: what the engine and the clients take by themselves. */
export type BurstKind = 'F_AI_Chat' | 'F_AI_Say' | 'no AI';

/** What the game did in a part of a burst. */
export interface Phase {
  readonly holds: Holds;
  /** Of the map server. */
  readonly cpuMs: number;
  readonly tookMs: number;
}

/** What a burst cost the game. */
export interface BurstResult {
  /** All stand and nobody does anything, just before. */
  readonly idle: Phase;
  /** All say something in one tick of the game, until the last one's request is in the database. */
  readonly asking: Phase;
  /** All wait. */
  readonly waiting: Phase;
  /** The AI answers all in the same moment, until the last one reads it. */
  readonly answering: Phase;
}

/** About as long as a burst takes. */
const IDLE_MS = 4_000;
/** A script waits for 8 s at most. */
const WAITING_MS = 1_500;

export function burstNpcs(players: number): string {
  const script = readFileSync(new URL('npc/burst.txt', import.meta.url), 'latin1');
  return `${script}\n${duplicates('Asker', players, 1)}`;
}

interface Talk {
  readonly client: GameClient;
  readonly asker: number;
}

/** Until he may type. */
async function openLine({ client, asker }: Talk, kind: BurstKind): Promise<void> {
  client.window.forget();
  client.click(asker);
  await client.until(() => client.window.button === 'next', 'the greeting');
  client.send(packets.pressNext(asker));
  if (kind === 'F_AI_Chat') {
    await client.until(() => client.window.button === 'menu', 'the choice to say something');
    client.send(packets.pick(asker, 1));
  }
  await client.until(() => client.window.button === 'text', 'the line to type in');
  client.window.forget();
}

async function sayAndRead({ client, asker }: Talk): Promise<void> {
  client.send(packets.typeText(asker, Buffer.from('hello')));
  await client.until(() => client.window.text.includes('Well met'), 'his answer');
}

/** One has asked before: what is done once after a start is not measured. */
export async function playBurst(stage: Stage, kind: BurstKind): Promise<BurstResult> {
  const ids = npcIds(stage.servers.console);
  await stage.world.clearRequests();
  await order(stage, `kind#${kind}`);
  const plays = stage.players.map((client, player) => ({ client, asker: ids.get(`Asker#${player}`) ?? 0 }));
  const [first] = plays;
  if (first === undefined) throw new Error('There are no players.');
  stage.hold().release();
  await openLine(first, kind);
  await sayAndRead(first);
  await pressThrough(first.client);
  await stage.world.clearRequests();
  for (const play of plays) await openLine(play, kind);
  const watched = await stage.watched();
  const pinger = await Pinger.start(stage.pingerAccount, stage.servers.ports, watched);
  const result = await measure(stage, plays, {
    seen: async () => await pinger.seen(),
    ranMs: () => timesOf(watched.map).ranMs,
    asks: kind !== 'no AI',
  });
  await pinger.stop();
  for (const { client } of plays) await pressThrough(client);
  return result;
}

interface Measuring {
  seen(): Promise<Holds>;
  ranMs(): number;
  readonly asks: boolean;
}

async function measure(stage: Stage, plays: readonly Talk[], measuring: Measuring): Promise<BurstResult> {
  const { asks } = measuring;
  const idle = await phase(measuring, async () => await delay(IDLE_MS));
  const held = stage.hold();
  // Who stands still meanwhile gets all of it at once: else the first ones are done when the last ones begin.
  stage.servers.pause();
  const answered = plays.map(sayAndRead);
  const asking = await phase(measuring, async () => {
    stage.servers.resume();
    if (!asks) return;
    await waitFor(async () => (await stage.world.requests()) >= plays.length, { what: 'all questions' });
  });
  const waiting = await phase(measuring, async () => await delay(asks ? WAITING_MS : 0));
  const answering = await phase(measuring, async () => {
    held.release();
    await Promise.all(answered);
  });
  return { idle, asking, waiting, answering };
}

async function phase({ seen, ranMs }: Measuring, goesOn: () => Promise<unknown>): Promise<Phase> {
  const [beganMs, ranBeforeMs] = [nowMs(), ranMs()];
  await goesOn();
  const tookMs = nowMs() - beganMs;
  return { holds: since(await seen(), beganMs), cpuMs: ranMs() - ranBeforeMs, tookMs };
}
