import { describe, expect, it } from 'vitest';
import { newNpc, placeFrom, spriteFrom } from './new-npc.ts';

const AT = placeFrom('prontera,160,180');

function made(name: string) {
  return newNpc({ name, place: AT, sprite: '4_M_SEAMAN', role: undefined });
}

describe('the id of the persona, and its files, are made from the name', () => {
  it.each([
    ['Old Fisherman', 'old-fisherman'],
    ['Old Fisherman#2', 'old-fisherman'],
    ["Smith's Wife", 'smiths-wife'],
    ['Vieux Pêcheur', 'vieux-pecheur'],
    ['Straße 7', 'strasse-7'],
    ['..', 'npc-prontera-160-180'],
    ['어부', 'npc-prontera-160-180'],
    ['../../etc', 'etc'],
  ])('%s', (name, id) => {
    const { id: own, scriptName, personaName } = made(name);
    expect([own, scriptName, personaName]).toEqual([id, `${id.replaceAll('-', '_')}.txt`, `${id}.yaml`]);
  });
});

describe('what it does for a living is read from the name', () => {
  it.each([
    ['Old Fisherman', 'fisherman'],
    ['Sage of Prontera', 'sage'],
    ['Marla', 'townsperson'],
    ['Flower Girl', 'girl'],
  ])('%s', (name, role) => {
    expect(made(name).persona).toContain(`role: "${role}"\n`);
  });
});

it('the script is one call, which is the whole conversation', () => {
  const body = made('Old Fisherman').script(['npc: npc/custom/old_fisherman.txt']).split('{\n')[1];
  expect(body).toBe('\tcallfunc "F_AI_Chat", strnpcinfo(1), "Good day. What is on your mind?";\n}\n');
});

describe('a name that rAthena cannot have is refused', () => {
  it.each([
    '',
    ' ',
    '#hidden',
    ' Ana',
    'Ana ',
    'A\tB',
    'A\nB',
    'A"B',
    'A\\B',
    'A::B',
    'A^FF0000',
    'A,{',
    '// A',
    'Neutral',
  ])('%j', (name) => {
    expect(() => made(name)).toThrow(expect.objectContaining({ code: 'bad_argument' }));
  });
});

describe('a place', () => {
  it.each([
    ['prontera,160,180', { map: 'prontera', x: 160, y: 180, direction: 4 }],
    ['prt_fild08,1,399,0', { map: 'prt_fild08', x: 1, y: 399, direction: 0 }],
    ['1@tower,10,20,7', { map: '1@tower', x: 10, y: 20, direction: 7 }],
  ])('%s is taken', (text, place) => {
    expect(placeFrom(text)).toEqual(place);
  });

  it.each([
    '',
    'prontera',
    'prontera,160',
    'prontera,0,5',
    'prontera,1,32768',
    'prontera,1,2,8',
    'a b,1,2',
    'averylongmap,1,2',
    'p,-1,2',
  ])('%j is refused', (text) => {
    expect(() => placeFrom(text)).toThrow(expect.objectContaining({ code: 'bad_argument' }));
  });

  it('that is a field or a dungeon has no name of a town', () => {
    const npc = newNpc({ name: 'Ana', place: placeFrom('prt_fild08,1,2'), sprite: '1', role: 'hunter' });
    expect(npc.persona).toContain('place: "these parts"\n');
    expect(npc.persona).toContain('role: "hunter"\n');
  });
});

it('a sprite is a name or a number', () => {
  expect(['4_M_SEAMAN', '857', 'HIDDEN_NPC'].map(spriteFrom)).toEqual(['4_M_SEAMAN', '857', 'HIDDEN_NPC']);
  for (const sprite of ['', 'a b', '1,{', '-1'])
    expect(() => spriteFrom(sprite)).toThrow(expect.objectContaining({ code: 'bad_argument' }));
});
