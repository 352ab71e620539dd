/**
 * What the client sends, for the packet version that rAthena is built with unless its `configure` is told otherwise:
 * 20211103, whose packets are neither obfuscated nor shuffled. Numbers and places are those of src/map/clif_packetdb.hpp,
 * clif_shuffle.hpp and packets.hpp, and for login and char server of src/common/packets.hpp.
 */
export const PACKET_VERSION = 20211103;

const NAME_BYTES = 24;

export interface Cell {
  readonly x: number;
  readonly y: number;
}

/** Who has logged in, as login and char server have told. */
export interface Session {
  readonly accountId: number;
  readonly loginId1: number;
  readonly loginId2: number;
  readonly sex: number;
}

/** By its number. */
export interface Skill {
  readonly skill: number;
  readonly level: number;
}

export function login(user: string, password: string): Buffer {
  const packet = fixed(0x64, 55);
  packet.write(user, 6, NAME_BYTES - 1, 'latin1');
  packet.write(password, 30, NAME_BYTES - 1, 'latin1');
  return packet;
}

export function enterCharServer({ accountId, loginId1, loginId2, sex }: Session): Buffer {
  const packet = fixed(0x65, 17);
  packet.writeUInt32LE(accountId, 2);
  packet.writeUInt32LE(loginId1, 6);
  packet.writeUInt32LE(loginId2, 10);
  packet.writeUInt8(sex, 16);
  return packet;
}

export function selectCharacter(slot: number): Buffer {
  return withByte(0x66, slot);
}

export function enterMap({ accountId, loginId1, sex }: Session, characterId: number): Buffer {
  const packet = fixed(0x436, 23);
  packet.writeUInt32LE(accountId, 2);
  packet.writeUInt32LE(characterId, 6);
  packet.writeUInt32LE(loginId1, 10);
  packet.writeUInt8(sex, 22);
  return packet;
}

/** The client has loaded the map. */
export function mapLoaded(): Buffer {
  return fixed(0x7d, 2);
}

/** What keeps the connection open; the server answers at once. */
export function tick(): Buffer {
  return withNumber(0x360, 0);
}

export function walkTo({ x, y }: Cell): Buffer {
  const packet = fixed(0x35f, 5);
  packet.writeUInt8(x >> 2, 2);
  packet.writeUInt8(((x << 6) | ((y >> 4) & 0x3f)) & 0xff, 3);
  packet.writeUInt8((y << 4) & 0xff, 4);
  return packet;
}

/** Chat, and @commands. */
export function say(name: string, text: string): Buffer {
  return withText(0xf3, Buffer.alloc(0), Buffer.from(`${name} : ${text}`, 'latin1'));
}

export function whisper(to: string, text: string): Buffer {
  const name = Buffer.alloc(NAME_BYTES);
  name.write(to, 'latin1');
  return withText(0x96, name, Buffer.from(text, 'latin1'));
}

export function clickNpc(npc: number): Buffer {
  const packet = fixed(0x90, 7);
  packet.writeUInt32LE(npc, 2);
  packet.writeUInt8(1, 6);
  return packet;
}

export function pressNext(npc: number): Buffer {
  return withNumber(0xb9, npc);
}

export function pressClose(npc: number): Buffer {
  return withNumber(0x146, npc);
}

/** The first option is 1; 255 cancels. */
export function pick(npc: number, option: number): Buffer {
  const packet = fixed(0xb8, 7);
  packet.writeUInt32LE(npc, 2);
  packet.writeUInt8(option, 6);
  return packet;
}

export function typeText(npc: number, text: Buffer): Buffer {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(npc);
  return withText(0x1d5, id, text);
}

export function useItem(index: number, accountId: number): Buffer {
  const packet = fixed(0x439, 8);
  packet.writeUInt16LE(index, 2);
  packet.writeUInt32LE(accountId, 4);
  return packet;
}

/** On himself. */
export function useSkill({ skill, level }: Skill, accountId: number): Buffer {
  const packet = fixed(0x438, 10);
  packet.writeUInt16LE(level, 2);
  packet.writeUInt16LE(skill, 4);
  packet.writeUInt32LE(accountId, 6);
  return packet;
}

export function askToTrade(accountId: number): Buffer {
  return withNumber(0xe4, accountId);
}

/** 3 accepts. */
export function answerTrade(answer: number): Buffer {
  return withByte(0xe6, answer);
}

export function cancelTrade(): Buffer {
  return fixed(0xed, 2);
}

export function respawn(): Buffer {
  return withByte(0xb2, 0);
}

export function toCharacterSelect(): Buffer {
  return withByte(0xb2, 1);
}

export function logOut(): Buffer {
  return fixed(0x18a, 4);
}

function fixed(id: number, length: number): Buffer {
  const packet = Buffer.alloc(length);
  packet.writeUInt16LE(id, 0);
  return packet;
}

function withByte(id: number, value: number): Buffer {
  const packet = fixed(id, 3);
  packet.writeUInt8(value, 2);
  return packet;
}

function withNumber(id: number, value: number): Buffer {
  const packet = fixed(id, 6);
  packet.writeUInt32LE(value, 2);
  return packet;
}

/** Of any length, with a zero at its end. */
function withText(id: number, before: Buffer, text: Buffer): Buffer {
  const packet = Buffer.concat([fixed(id, 4), before, text, Buffer.alloc(1)]);
  packet.writeUInt16LE(packet.length, 2);
  return packet;
}
