import { waitFor } from '../support/wait-for.ts';
import type { GameClient } from './client.ts';
import * as packets from './packets.ts';
import { homeOf, MAP, OTHER_MAP } from './places.ts';
import { press, pressThrough } from './player.ts';

const FIRST_ITEM = 2;
const FAR_CELLS = 22;

/** What a way of leaving needs to know. */
export interface Play {
  readonly client: GameClient;
  readonly player: number;
  /** The NPC that he waits for, and another one. */
  readonly asker: number;
  readonly probe: number;
}

/** A way to leave while an NPC waits for its answer. */
export interface Way {
  readonly name: string;
  /** What a player does before the answer comes. */
  leave?(play: Play): Promise<void>;
  /** What is done to all at once, by somebody who may. */
  readonly order?: string;
  /** What he does when the answer has come. */
  comeBack?(play: Play): Promise<void>;
  /** What undoes the order. */
  readonly undo?: string;
  /** Whether it ends other plays, too: @reloadscript, an NPC that is gone. */
  readonly reloads?: boolean;
}

async function walkFar({ client, player }: Play): Promise<void> {
  const { x, y } = homeOf(player);
  client.walkTo({ x: x + FAR_CELLS, y });
  await client.settle();
}

/** Who is held does not walk at all. */
async function walkFarAndArrive(play: Play): Promise<void> {
  const { client } = play;
  const { moves } = client;
  await walkFar(play);
  if (client.moves === moves) return;
  const isThere = (): boolean => client.chat.at(-1) === `${client.name} ${MAP} ${client.at.x} ${client.at.y}`;
  await waitFor(
    async () => {
      client.say(`@where ${client.name}`);
      await client.settle();
      return isThere();
    },
    { what: `the end of the walk of ${client.name}` },
  );
}

async function warp({ client }: Play, map: string, by: number): Promise<void> {
  const warps = client.warps;
  const { x, y } = client.at;
  client.say(`@warp ${map} ${x + by} ${y}`);
  await client.until(() => client.warps > warps && (client.isOnMap || client.loadsSlowly), 'a warp');
}

export const WAYS: readonly Way[] = [
  { name: 'walks 22 cells and is there', leave: walkFarAndArrive },
  { name: 'is still walking when the answer comes', leave: walkFar },
  { name: 'is warped to another map', leave: (play) => warp(play, OTHER_MAP, 0) },
  { name: 'is warped on the same map', leave: (play) => warp(play, MAP, FAR_CELLS) },
  {
    name: 'loads the new map slowly',
    async leave(play) {
      play.client.loadsSlowly = true;
      await warp(play, OTHER_MAP, 0);
    },
    async comeBack({ client }) {
      client.finishLoading();
      await client.until(() => client.isOnMap, 'the other map');
    },
  },
  { name: 'is recalled by a GM', order: '@recallall' },
  {
    name: 'uses a fly wing',
    async leave({ client }) {
      const { warps } = client;
      client.send(packets.useItem(FIRST_ITEM, client.accountId));
      await client.until(() => client.warps > warps && client.isOnMap, 'what a fly wing does');
    },
  },
  {
    name: 'dies',
    async leave({ client }) {
      client.say('@die');
      await client.until(() => client.isDead, 'his death');
    },
    async comeBack({ client }) {
      const { warps } = client;
      client.send(packets.respawn());
      await client.until(() => client.warps > warps && client.isOnMap, 'his life');
    },
  },
  {
    name: 'logs out',
    leave: ({ client }) => client.logOut(),
    comeBack: ({ client }) => client.logIn(),
  },
  {
    name: 'logs out and is back within the wait',
    async leave({ client }) {
      await client.logOut();
      await client.logIn();
    },
  },
  {
    name: 'goes to character select and back',
    async leave({ client }) {
      await client.toCharacterSelect();
      await client.selectCharacter();
    },
  },
  { name: 'the NPC is disabled', order: 'disable', undo: 'enable' },
  { name: 'the NPC is hidden', order: 'hide', undo: 'show' },
  { name: 'the NPC is moved', order: 'move', undo: 'back' },
  { name: 'the NPC is unloaded', order: 'unload', reloads: true },
  {
    name: 'clicks it a second time',
    async leave({ client, asker }) {
      client.click(asker);
      await client.settle();
    },
  },
  {
    name: 'clicks another NPC',
    async leave({ client, probe }) {
      client.click(probe);
      await client.settle();
    },
    // Where he could: the first NPC goes on when the other one has done.
    async comeBack({ client, asker, probe }) {
      if (client.window.npc === probe) {
        press(client);
        await client.until(
          () => client.window.npc === asker && client.window.button !== 'none',
          'the first NPC',
        );
      }
      await pressThrough(client);
    },
  },
  { name: '@reloadscript', order: '@reloadscript', reloads: true },
];
