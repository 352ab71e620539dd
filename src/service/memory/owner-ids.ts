import { createHash } from 'node:crypto';
import { AiIpcError } from '../../base/errors.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import type { KnownOwner } from './memory.ts';

/** In the table, for what is everybody's: no player has it, for checkId refuses it. */
const EVERYBODY = '';

/**
 * What is recalled is looked for by both, and what is remembered locks by both first: this keeps the memories of two players,
 * or of two NPCs, apart. Who the owner is says service/dialogue/speakers.ts; the columns compare byte by byte
 * (sql-files/ai_ipc_tables.sql).
 */
export function bothIdsOf({ npcId, playerId }: KnownOwner): [string, string] {
  checkId(npcId);
  if (playerId !== null) checkId(playerId);
  return [playerId ?? EVERYBODY, npcId];
}

/**
 * A half of a surrogate pair would be stored as the same replacement character as any other, and SQLite ends a text at
 * NUL: two players as one.
 */
export function checkId(id: string): void {
  const { charactersPerId } = MEMORY_LIMITS;
  if (id !== '' && [...id].length <= charactersPerId && !/[\p{Cs}\0]/u.test(id)) return;
  throw new AiIpcError(
    'bad_argument',
    `An id of ${[...id].length} characters cannot be remembered: give a text of 1 to ${charactersPerId} characters, without NUL.`,
  );
}

/** A key of any length; that of one owner says nothing to another. */
export function digestOf({ npcId, playerId }: KnownOwner, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([npcId, playerId, key]))
    .digest('hex');
}

/** 52 bits: a number that every database and JavaScript tell exactly. */
const HEX_DIGITS = 13;

/**
 * The number of a pair in the table of words. Made of both ids, and not counted: no row has to be asked for it, for which two
 * talks would wait. Two pairs with one number would only find lines of each other that are then not read: what is told is
 * looked up by both ids.
 */
export function ownerNumberOf(owner: KnownOwner): number {
  return Number.parseInt(digestOf(owner, 'words').slice(0, HEX_DIGITS), 16);
}
