/** The client's colours. The letters behind the ^ would be left over. */
const COLOUR = /\^[0-9a-f]{6}/gi;
/** A name has letters, digits, and what stands between the parts of a name: no mark of any markup. */
const NO_PART_OF_NAMES = /[^\p{L}\p{M}\p{N}'’・·-]+/gu;
/** Two marks write any language; more paint over the lines above. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;
/** rAthena's NAME_LENGTH is 24, and names of classes are no longer. */
const MOST_CHARACTERS = 30;

/**
 * A name as an NPC says it. What a player may be called is a matter of the game's rules (`char_name_letters` of rAthena), but
 * what he calls himself in a talk, or what another game server lets pass, may hold colours, tags or markdown.
 */
export function plainName(name: string): string {
  const plain = name
    .replace(COLOUR, '')
    .replace(NO_PART_OF_NAMES, ' ')
    .replace(STACKED_MARKS, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  return [...plain].slice(0, MOST_CHARACTERS).join('').trim();
}
