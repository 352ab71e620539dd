import { readFileSync } from 'node:fs';
import { waitFor } from '../support/wait-for.ts';
import type { GameClient } from './client.ts';
import { npcIds, order } from './control.ts';
import * as packets from './packets.ts';
import { Pinger } from './pinger.ts';
import { duplicates } from './places.ts';
import { pressThrough } from './player.ts';
import type { Stage } from './stage.ts';

export type BurstKind = 'F_AI_Chat' | 'F_AI_Say';

/** What a burst cost the game. */
export interface BurstResult {
  /** How long the game loop answered nobody, in ms, the longest first. */
  readonly holds: readonly number[];
  /** The longest time between two ticks of a timer NPC; 20 ms where nothing else happens. */
  readonly longestGapMs: number;
  /** Until the last one had asked, and until the last one had his answer. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** Of the map server, in all that time. */
  readonly cpuMs: number;
}

const TICKS_A_SECOND = 100;

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
  const pinger = await Pinger.start(stage.pingerAccount, stage.servers.ports);
  const held = stage.hold();
  await order(stage, 'reset');
  await pinger.longest();
  const cpu = cpuMsOf(stage.servers.mapPid);
  const beganMs = performance.now();
  const answered = plays.map(sayAndRead);
  await waitFor(async () => (await stage.world.requests()) >= plays.length, { what: 'all questions' });
  const askedMs = performance.now() - beganMs;
  held.release();
  await Promise.all(answered);
  const answeredMs = performance.now() - beganMs;
  const result = {
    holds: await pinger.longest(),
    longestGapMs: Number((await order(stage, 'tell')).split(' ').at(-1)),
    askedMs,
    answeredMs,
    cpuMs: cpuMsOf(stage.servers.mapPid) - cpu,
  };
  await pinger.stop();
  for (const { client } of plays) await pressThrough(client);
  return result;
}

function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_A_SECOND;
}
