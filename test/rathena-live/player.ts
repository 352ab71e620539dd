import type { GameClient } from './client.ts';
import * as packets from './packets.ts';
import { homeOf, MAP } from './places.ts';

const CANCEL = 255;
const MOST_BUTTONS = 40;
/** An NPC of a few lines answers in milliseconds. */
const SOON_MS = 20_000;

/** Presses what there is to press in an NPC's window, as somebody who wants to be done: menus are cancelled. */
export async function pressThrough(client: GameClient): Promise<void> {
  const { window } = client;
  for (let pressed = 0; pressed < MOST_BUTTONS && window.button !== 'none'; pressed += 1) {
    press(client);
    await client.settle();
  }
  if (window.button !== 'none')
    throw new Error(`The window of ${client.name} never ends. ${client.describe()}`);
}

export function press(client: GameClient): void {
  const { window } = client;
  const { npc, button } = window;
  window.pressed();
  if (button === 'next') client.send(packets.pressNext(npc));
  if (button === 'close') {
    window.forget();
    client.send(packets.pressClose(npc));
  }
  if (button === 'menu') client.send(packets.pick(npc, CANCEL));
  if (button === 'text') client.send(packets.typeText(npc, Buffer.from('')));
}

/** To each side: a wing may have put him beside a wall. */
const STEPS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** He walks a step: the server refuses it to whom an NPC holds. */
export async function walkAStep(client: GameClient): Promise<void> {
  const moves = client.moves;
  for (const [dx, dy] of STEPS) {
    if (client.moves > moves) return;
    client.walkTo({ x: client.at.x + dx, y: client.at.y + dy });
    await client.settle();
  }
  await client.until(() => client.moves > moves, 'a step', SOON_MS);
}

/** He clicks an NPC, reads it and closes its window. */
export async function talkTo(client: GameClient, npc: number): Promise<void> {
  client.window.forget();
  client.click(npc);
  await client.until(
    () => client.window.button === 'close' && client.window.npc === npc,
    'the other NPC',
    SOON_MS,
  );
  await pressThrough(client);
}

/** Both trade with each other, each asking once. */
export async function tradeWith(client: GameClient, partner: GameClient): Promise<void> {
  for (const [asks, asked] of [
    [client, partner],
    [partner, client],
  ] as const) {
    const [before, beforeOfAsked] = [asks.trades, asked.trades];
    asks.send(packets.askToTrade(asked.accountId));
    await asks.until(() => asks.trades > before, `a trade with ${asked.name}`, SOON_MS);
    await asked.until(() => asked.trades > beforeOfAsked, `a trade with ${asks.name}`, SOON_MS);
    asks.send(packets.cancelTrade());
    await asks.settle();
  }
}

/** Back to where he lives, by an @command. */
export async function goHome(client: GameClient, player: number): Promise<void> {
  const { x, y } = homeOf(player);
  const warps = client.warps;
  client.say(`@warp ${MAP} ${x} ${y}`);
  await client.until(() => client.warps > warps && client.isOnMap, 'his way home');
}
