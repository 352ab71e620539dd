import { hash } from '../language/hash.ts';
import type { Persona } from './persona.ts';
import { personaValues } from './persona-canned.ts';
import { fillLine } from './placeholders.ts';
import type { ReasonKind } from './reason-kinds.ts';

/** What anybody could say, for personas that have no words of their own. */
const ANYBODY: Readonly<Record<ReasonKind, readonly string[]>> = {
  flee: ['This is more than I can handle. Away from here!', 'No fight is worth my life.'],
  heal: ['I have to see to my wounds first.', 'A moment, I am in no shape to go on like this.'],
  attack: ['Somebody has to deal with this, and I still stand.', 'They will not have it easy with me.'],
  defend: ['I hold my ground. They shall come to me.', 'Not one step further, not past me.'],
  warn: ['Everybody should know what is coming.', 'Better one shout too many than one too few.'],
  help: ['Somebody is in need, and I am here.', 'I can not just stand and watch.'],
  trade: ['A bit of trade is always welcome.', 'Let us see whether we can do business.'],
  talk: ['A few words have never hurt anybody.', 'I would like to hear what there is to say.'],
  rest: ['I am tired. A little rest will do me good.', 'Enough for now, my legs are heavy.'],
  search: ['There is something that I want to have a look at.', 'I would rather see for myself.'],
  wait: ['There is no hurry. I will wait and see.', 'Nothing presses, as far as I can see.'],
  give: ['Take it, it is yours. You have a good reason to ask.', 'For you, gladly.'],
  keep: ['That one stays with me, I am afraid.', 'I have nothing to give away for that.'],
  other: ['It seems the right thing to do.', 'Of all that I could do, this seems best.'],
};

/** Why an NPC takes an action, in its own words; the same seed gives the same. */
export function reasonLine(persona: Persona, kind: ReasonKind, seed: string): string {
  const values = personaValues(persona);
  const own = [
    persona.reasons[kind],
    kind === 'other' ? undefined : ANYBODY[kind],
    persona.reasons.other,
    ANYBODY.other,
  ];
  const said = own.map((lines) => (lines ?? []).flatMap((line) => fillLine(line, values) ?? []));
  const usable = said.find((lines) => lines.length > 0) ?? [];
  return usable[hash(seed) % usable.length] ?? '...';
}
