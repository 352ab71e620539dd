import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.ts';
import type { GameClient } from './client.ts';
import { npcIds, order } from './control.ts';
import * as packets from './packets.ts';
import { type Holds, Pinger } from './pinger.ts';
import { duplicates } from './places.ts';
import { pressThrough } from './player.ts';
import type { Stage } from './stage.ts';
import { timesOf } from './thread-times.ts';

/** `no AI` is the same dialogue with an NPC that asks nobody: what the engine and the clients take by themselves. */
export type BurstKind = 'F_AI_Chat' | 'F_AI_Say' | 'no AI';

/** What a burst cost the game. */
export interface BurstResult {
  readonly holds: Holds;
  /** While all stand and nobody does anything, just before. */
  readonly idle: Holds;
  /** The longest time between two ticks of a timer NPC; 20 ms where nothing else happens. */
  readonly longestGapMs: number;
  /** Until the last one had asked, and until the last one had his answer. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** Of the map server, in all that time. */
  readonly cpuMs: number;
}

/** About as long as a burst takes. */
const IDLE_MS = 4_000;

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

/**
 * All players say something to an NPC in the same moment, and the AI answers when all have asked. One has asked before: what
 * is done once after a start is not measured.
 */
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
  await pinger.seen();
  await delay(IDLE_MS);
  const idle = await pinger.seen();
  const held = stage.hold();
  await order(stage, 'reset');
  await pinger.seen();
  const { ranMs } = timesOf(watched.map);
  const beganMs = performance.now();
  const answered = plays.map(sayAndRead);
  if (kind !== 'no AI')
    await waitFor(async () => (await stage.world.requests()) >= plays.length, { what: 'all questions' });
  const askedMs = performance.now() - beganMs;
  held.release();
  await Promise.all(answered);
  const answeredMs = performance.now() - beganMs;
  const result = {
    holds: await pinger.seen(),
    idle,
    longestGapMs: Number((await order(stage, 'tell')).split(' ').at(-1)),
    askedMs,
    answeredMs,
    cpuMs: timesOf(watched.map).ranMs - ranMs,
  };
  await pinger.stop();
  for (const { client } of plays) await pressThrough(client);
  return result;
}
