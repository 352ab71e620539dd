/** The same numbers each time. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }

  of<T>(all: readonly [T, ...T[]]): T {
    return all[this.below(all.length)] ?? all[0];
  }

  /** The first ones most often, as words are used. */
  firstOf<T>(all: readonly [T, ...T[]]): T {
    return all[Math.floor((this.below(1_000) ** 2 / 1_000_000) * all.length)] ?? all[0];
  }
}

/** What players speak of, in four languages; the first one by far the most. */
export const THINGS: readonly [string, ...string[]] = [
  ...([
    'potion',
    'sister',
    'sword',
    'wolf',
    'guild',
    'brother',
    'dragon',
    'castle',
    'necklace',
    'ship',
  ] as const),
  ...[
    'grandfather',
    'violin',
    'cathedral',
    'compass',
    'lantern',
    'orchard',
    'blacksmith',
    'harbour',
    'feather',
  ],
  ...['espada', 'irmão', 'poção', 'castelo', 'guilda', 'dragão', 'avó', 'colar', 'navio', 'ferreiro'],
  ...['ดาบ', 'น้องสาว', 'กิลด์', 'มังกร', 'ปราสาท', 'ยาแดง', 'หมาป่า', 'พี่ชาย', 'สร้อยคอ', 'เรือ'],
  ...['妹', '鍛冶屋', '武器', '城', 'ポーション', 'ギルド', '竜', '船', '首飾り', '兄'],
];
const PLACES: readonly [string, ...string[]] = [
  ...(['Prontera', 'Geffen', 'Payon', 'Morocc', 'Alberta', 'Izlude', 'Aldebaran', 'Yuno'] as const),
  ...['Comodo', 'Umbala', 'Lutie', 'Amatsu', 'Ayothaya', 'Einbroch', 'Hugel', 'Rachel'],
];
const FORMS: readonly [Form, ...Form[]] = [
  (thing, place, count) => `Today I went to ${place} and sold ${count} things, the ${thing} among them.`,
  (thing, place) => `Do you know where the ${thing} of ${place} is, and the road to it?`,
  (thing, place, count) =>
    `I have waited ${count} days for the ${thing} that a friend sent me from ${place}.`,
  (thing, place) => `The ${thing} was lost in ${place}, and nobody wants to help me with it.`,
  (thing, place, count) =>
    `Ontem em ${place} perdi ${count} vezes para o mesmo monstro, por causa do ${thing}.`,
  (thing, place, count) => `เมื่อวานฉันไปที่ ${place} กับเพื่อน ${count} คนเพื่อหา${thing}`,
  (thing, place, count) => `昨日${place}で${thing}を${count}個見つけました。`,
];

type Form = (thing: string, place: string, count: number) => string;

/** In every line, as players call whom they talk to by name. */
export const IN_EVERY_LINE = 'sage';

/** What a player says: some 60 letters. */
export function lineOf(random: Random): string {
  const line = random.of(FORMS)(random.firstOf(THINGS), random.of(PLACES), 2 + random.below(900));
  return `${IN_EVERY_LINE}, ${line}`;
}

export function questionOf(thing: string): string {
  return `What did I tell you about the ${thing} that I once had?`;
}
