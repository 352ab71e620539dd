import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { HeldAnswers } from '../support/held-answers.ts';
import { waitFor } from '../support/wait-for.ts';
import type { GameClient } from './client.ts';
import { npcIds, order } from './control.ts';
import * as packets from './packets.ts';
import { duplicates } from './places.ts';
import { goHome, pressThrough, talkTo, tradeWith, walkAStep } from './player.ts';
import type { Stage } from './stage.ts';
import type { Play, Way } from './ways.ts';

export const KINDS = ['F_AI_Ask', 'F_AI_Say', 'F_AI_Chat', 'F_AI_Menu'] as const;
export type Kind = (typeof KINDS)[number];

/** The NPCs of these plays: a copy of each for each player. */
export function leavingNpcs(players: number): string {
  const script = readFileSync(new URL('npc/leaving.txt', import.meta.url), 'latin1');
  return `${script}\n${duplicates('Asker', players, 1)}${duplicates('Probe', players, 2)}`;
}

/** `busy_line` of F_AI_Setting. */
const BUSY = /^One thing at a time/;
const MOST_CLICKS = 20;
const CLICK_PAUSE_MS = 500;

export interface RoundResult {
  readonly failures: readonly string[];
  readonly wrongLines: readonly string[];
}

/** All players ask at once, leave in one way, get their answers, and are looked at afterwards. */
export async function playRound(stage: Stage, kind: Kind, way: Way): Promise<RoundResult> {
  const from = stage.servers.console.length - 1;
  const failures: string[] = [];
  const held = stage.hold();
  try {
    await play(stage, kind, way, { held, failures });
  } catch (error) {
    failures.push((error as Error).message);
    held.release();
    await beginAnew(stage);
  }
  return { failures, wrongLines: stage.servers.wrongLines(from) };
}

async function play(
  stage: Stage,
  kind: Kind,
  way: Way,
  { held, failures }: { held: HeldAnswers; failures: string[] },
): Promise<void> {
  const plays = playsOf(stage);
  await stage.world.clearRequests();
  await order(stage, `kind#${kind}`);
  await each(plays, failures, (one) => ask(one, kind));
  await waitFor(async () => (await stage.world.requests()) >= plays.length, { what: 'all questions' });
  if (way.order !== undefined) await order(stage, way.order);
  await each(plays, failures, async (one) => await way.leave?.(one));
  held.release();
  await waitFor(async () => (await stage.world.openRequests()) === 0, { what: 'the end of all requests' });
  await stage.world.untilNobodyWaits();
  await each(plays, failures, async (one) => await way.comeBack?.(one));
  await lookAtAll(stage, playsOf(stage), failures);
  if (way.undo !== undefined) await order(stage, way.undo);
  if (way.reloads) await order(stage, '@reloadscript');
}

/** After a round that did not come to its end, so that the next one shows its own faults alone. */
async function beginAnew(stage: Stage): Promise<void> {
  for (const [at, client] of stage.clients.entries()) {
    client.leave();
    await client.logIn();
    await goHome(client, at);
  }
  await order(stage, '@reloadscript');
  await stage.world.untilNobodyWaits();
}

/** After @reloadscript, NPCs have other numbers. */
function playsOf(stage: Stage): Play[] {
  const ids = npcIds(stage.servers.console);
  return stage.players.map((client, player) => ({
    client,
    player,
    asker: ids.get(`Asker#${player}`) ?? 0,
    probe: ids.get(`Probe#${player}`) ?? 0,
  }));
}

/** Until the NPC waits for the AI. */
async function ask({ client, asker }: Play, kind: Kind): Promise<void> {
  await openWindow(client, asker);
  if (kind === 'F_AI_Chat') {
    await client.until(() => client.window.button === 'next', 'the greeting');
    client.window.forget();
    client.send(packets.pressNext(asker));
    await client.until(() => client.window.button === 'menu', 'the choice to say something');
    client.window.pressed();
    client.send(packets.pick(asker, 1));
    await client.until(() => client.window.button === 'text', 'the line to type in');
    client.window.pressed();
    client.send(packets.typeText(asker, Buffer.from('hello')));
  }
  await client.until(() => client.window.lines.length > 0, 'a first line');
}

/**
 * Over SQL, who was in a script that @reloadscript or unloadnpc ended is thought to be in it for three seconds more. What the
 * NPC's author shows before it asks, he sees then all the same.
 */
async function openWindow(client: GameClient, asker: number): Promise<void> {
  for (let tries = 0; tries < MOST_CLICKS; tries += 1) {
    if (tries > 0) await delay(CLICK_PAUSE_MS);
    client.chat.length = 0;
    client.window.forget();
    client.click(asker);
    await client.until(() => client.window.isOpen || isBusy(client), 'a first line');
    await client.settle();
    if (!isBusy(client)) return;
    await pressThrough(client);
  }
}

function isBusy(client: GameClient): boolean {
  return client.chat.some((line) => BUSY.test(line));
}

/** Walks, clicks and trades: nobody is held, and nobody has a button that the server refuses. */
async function lookAtAll(stage: Stage, plays: readonly Play[], failures: string[]): Promise<void> {
  await each(plays, failures, async ({ client }) => {
    await pressThrough(client);
    await walkAStep(client);
  });
  await each(plays, failures, async ({ client, player, probe }) => {
    await goHome(client, player);
    await talkTo(client, probe);
  });
  const pairs = plays.filter((_, at) => at % 2 === 0).map((play) => [play, plays[play.player + 1]] as const);
  await each(pairs, failures, async ([one, other]) => {
    if (other !== undefined) await tradeWith(one.client, other.client);
  });
  const open = await stage.world.openRequests();
  if (open > 0) failures.push(`${open} requests are still open`);
}

/** Does it for all at once, and notes what went wrong for whom. */
async function each<Item>(
  items: readonly Item[],
  failures: string[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  await Promise.all(
    items.map((item) => work(item).catch((error: Error) => void failures.push(error.message))),
  );
}
