import { JSON_TYPE } from './json-body.ts';

export const SAGE = 'sage-of-prontera';
export const TALKS = 50;
/** The first talks have little to remember: no turn is old yet. */
export const YOUNG_TALKS = 8;

const TOLD: readonly ((place: string) => string)[] = [
  (place) => `Hello! I am Ana, and I come from ${place}.`,
  (place) => `I want to become a wizard. Is there a master of magic in ${place}?`,
  (place) => `Where can I find the mage guild of ${place}?`,
  (place) => `Is the road to ${place} safe at night?`,
  (place) => `Yesterday three wolves chased me all the way from ${place}.`,
  (place) => `How much does a red potion cost in ${place} these days?`,
  (place) => `My brother went missing near ${place} last week. Have you seen him?`,
  (place) => `Thank you anyway. Are you reading about ${place}?`,
  (place) => `I found a strange card near ${place} today. Can you tell me what it is worth?`,
  (place) => `Should I learn fire bolt or cold bolt first, before I go to ${place}?`,
];
const PLACES = ['Geffen', 'Payon', 'Morocc', 'Alberta', 'Izlude'];

/** What a player says in his talk of this number, from 0 on: another sentence in each of 50. */
export function saidIn(talk: number): string {
  const say = TOLD[talk % TOLD.length] as (place: string) => string;
  return say(PLACES[Math.floor(talk / TOLD.length) % PLACES.length] as string);
}

export interface Walk {
  /** Cells between two talks. */
  readonly step: number;
  /** What he may choose from every other time. */
  readonly options: readonly string[];
}

export const WALKS = [
  ['stands', { step: 0, options: [] }],
  ['walks, and may choose every other time', { step: 3, options: ['Tell me more', 'Sell', 'Goodbye'] }],
] as const satisfies readonly (readonly [string, Walk])[];

/** One player's talks with one NPC, one after the other; who answered each. */
export async function talkAsFriend(url: string, { step, options }: Walk): Promise<unknown[]> {
  const providers: unknown[] = [];
  for (let at = 0; at < TALKS; at += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({
        npc_id: SAGE,
        player_id: 7,
        message: saidIn(at),
        player: { name: 'Ana', level: 9 + Math.floor(at / 10), class: 'Novice' },
        location: { map: 'prontera', x: 100 + at * step, y: 180 - at * step },
        options: at % 2 === 0 ? [] : options,
      }),
    });
    const { provider } = (await response.json()) as { provider?: unknown };
    providers.push(provider);
  }
  return providers;
}

export function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
