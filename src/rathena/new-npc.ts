import { AiIpcError } from '../base/errors.ts';

/** Where an NPC stands, as the header of its script has it. */
export interface Place {
  readonly map: string;
  readonly x: number;
  readonly y: number;
  /** 0 north, then against the clock to 7; 4 looks at whoever comes from the south. */
  readonly direction: number;
}

export interface NewNpcInput {
  /** `Old Fisherman`, or with a part that the client does not show: `Old Fisherman#2`. */
  readonly name: string;
  readonly place: Place;
  readonly sprite: string;
  /** What the NPC does for a living; undefined: as its name has it, else a townsperson. */
  readonly role: string | undefined;
}

/** What belongs into the two files of a new NPC. */
export interface NewNpc {
  /** The name that players see. */
  readonly shown: string;
  /** Of the persona: its file's name. */
  readonly id: string;
  readonly scriptName: string;
  readonly personaName: string;
  readonly persona: string;
  /** `lines` are those that scripts_custom.conf loads it by. */
  script(lines: readonly string[]): string;
}

/** NAME_LENGTH of rAthena without the NUL at its end, in bytes of the clients' codepage. */
export const MOST_SHOWN_BYTES = 23;
/** NPC_NAME_LENGTH: what the client does not show counts, too. */
export const MOST_NAME_BYTES = 50;

const DEFAULT_DIRECTION = 4;
const DEFAULT_ROLE = 'townsperson';
/** The largest map has 400 cells a side; a cell is a number of 16 bits. */
const MOST_CELL = 32_767;
const PLACE = /^([a-z0-9_@-]{1,11}),(\d{1,5}),(\d{1,5})(?:,([0-7]))?$/i;
/** A tab ends the name, a brace begins the script, a quote ends a text, `::` and the last three mean something else. */
const FORBIDDEN = /[\t\r\n\p{Cc}{}"\\^]|::|\/\/|\/\*/u;
const TRADES =
  /(?:man|woman|men|er|or|ist|ian|smith|keeper|ess|sage|guard|priest|nun|monk|knight|bard|cook|maid|captain|king|queen|witch|clerk|nurse|child|boy|girl)$/i;

/** Throws AiIpcError bad_argument for what rAthena would not take. */
export function placeFrom(text: string): Place {
  const [, map, x, y, direction] = PLACE.exec(text) ?? [];
  if (map === undefined || !isCell(x) || !isCell(y))
    throw new AiIpcError(
      'bad_argument',
      `--at "${text}" is no place. Give map,x,y or map,x,y,direction (0 to 7), such as prontera,160,180,4.`,
    );
  return { map, x: Number(x), y: Number(y), direction: Number(direction ?? DEFAULT_DIRECTION) };
}

function isCell(text: string | undefined): boolean {
  return Number(text) >= 1 && Number(text) <= MOST_CELL;
}

/** Throws AiIpcError bad_argument, as the map server would cut it, refuse it, or take it for another kind of NPC. */
export function spriteFrom(text: string): string {
  if (/^(?:[A-Za-z][A-Za-z0-9_]*|\d[A-Za-z0-9_]*)$/.test(text)) return text;
  throw new AiIpcError(
    'bad_argument',
    `--sprite "${text}" is no sprite. Give a name such as 4_M_SEAMAN, or a number.`,
  );
}

/** What a new NPC consists of. Throws AiIpcError bad_argument for a name that rAthena cannot have. */
export function newNpc({ name, place, sprite, role }: NewNpcInput): NewNpc {
  const shown = shownName(name);
  const id = personaIdFrom(shown, place);
  const scriptName = `${id.replaceAll('-', '_')}.txt`;
  return {
    shown,
    id,
    scriptName,
    personaName: `${id}.yaml`,
    persona: personaText({ shown, role: role ?? roleIn(shown), place: placeName(place) }),
    script: (lines) => scriptText({ name, shown, id, place, sprite, lines }),
  };
}

function shownName(name: string): string {
  const found = FORBIDDEN.exec(name)?.[0];
  if (found !== undefined)
    throw new AiIpcError(
      'bad_argument',
      `The name ${JSON.stringify(name)} cannot be an NPC's: ${JSON.stringify(found)} means something else in a script. Leave it out.`,
    );
  const shown = name.replace(/#.*/s, '');
  if (shown.trim() !== '' && shown === shown.trim()) return shown;
  throw new AiIpcError(
    'bad_argument',
    `The name ${JSON.stringify(name)} has no part that players see, or begins or ends with a blank. Give one such as "Old Fisherman".`,
  );
}

/** Letters and digits that every file system has; a name without any is called by its place. */
function personaIdFrom(shown: string, { map, x, y }: Place): string {
  const id = plain(shown);
  if (id === 'neutral')
    throw new AiIpcError(
      'bad_argument',
      'The persona "neutral" speaks for every NPC that has none of its own. Give another name.',
    );
  return id === '' ? plain(`npc ${map} ${x} ${y}`) : id;
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/['’\p{M}]/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** "Old Fisherman" is a fisherman, "Sage of Prontera" a sage. */
function roleIn(shown: string): string {
  const last =
    shown
      .split(/ (?:of|from|in|at) /)[0]
      ?.split(' ')
      .at(-1) ?? '';
  return TRADES.test(last) ? last.toLowerCase() : DEFAULT_ROLE;
}

/** Towns are called as their maps are; of fields and dungeons nobody says the map. */
function placeName({ map }: Place): string {
  return /^[a-z]+$/i.test(map) ? `${map.slice(0, 1).toUpperCase()}${map.slice(1)}` : 'these parts';
}

interface ScriptParts {
  readonly name: string;
  readonly shown: string;
  readonly id: string;
  readonly place: Place;
  readonly sprite: string;
  readonly lines: readonly string[];
}

function scriptText({ name, shown, id, place, sprite, lines }: ScriptParts): string {
  const { map, x, y, direction } = place;
  return `//===== rAthena Script =======================================
//= ${shown}
//===== Description: =========================================
//= Talks about whatever a player types.
//= Who it is stands in the persona file ${id}.yaml.
//===== Additional Comments: =================================
${lines.map((line) => `//= ${line}`).join('\n')}
//============================================================

${map},${x},${y},${direction}\tscript\t${name}\t${sprite},{
	callfunc "F_AI_Chat", strnpcinfo(1), "Good day. What is on your mind?";
}
`;
}

interface PersonaParts {
  readonly shown: string;
  readonly role: string;
  readonly place: string;
}

/** Enough to talk at once without a model; what it has no rule for, the neutral persona's rules answer. */
function personaText({ shown, role, place }: PersonaParts): string {
  return `# ${shown}: who this NPC is, what it knows, and what it says without a model. docs/personas.md has every key.
# \`ai-ipc persona check FILE\` checks it, \`ai-ipc talk NPC --personas FOLDER\` talks with it.
name: ${JSON.stringify(shown)}
role: ${JSON.stringify(role)}
place: ${JSON.stringify(place)}
language: en
mood: calm

# For a model: how it speaks, what it knows, what it wants.
manner: Friendly and plain, in one or two short sentences.
knowledge:
  - ${JSON.stringify(`Works in ${place} as ${role}, and knows everybody who comes by.`)}
goals:
  - To do a good day's work, and to hear something new.

canned_lines:
  - "One moment, please. I have my hands full."
  - "Not now. Come back in a little while."

greeting:
  - "Good day. Do you want something, or do you only look?"
  - "Yes? Speak up."

# Without a model: the words of a player, and what is answered. Write rules of your own with \`patterns\`.
rules:
  - intent: hello
    answers:
      - "Good day to you. {name} is what they call me."
      - "Hello there! Not many stop here for a word."
    emotion: happy
  - intent: who-are-you
    answers:
      - "They call me {name}. I am the {role} here."
      - "{name}, the {role}. And who are you?"
  - intent: what-do-you-do
    answers:
      - "What a {role} does, day after day. It is honest work."
      - "I am the {role}. Somebody has to be."
  - intent: where-am-i
    answers:
      - "This is {place}. I have stood here long enough to know."
      - "In {place}, friend. Did you lose your way?"
  - intent: tell-name
    answers:
      - "{player}! I shall remember that."
      - "Well met, {player}."
    emotion: happy
  - name: own-work
    patterns: ["(your|the) (work|trade|craft)", "how is (work|business|trade)"]
    answers:
      - "Some days are long and some are longer. But I would do nothing else."
      - "It feeds me, and it keeps me out of trouble."

fallback:
  - "{word}? I could not tell you much about that."
  - "That is beyond me. Ask me about {place}, or about my work."
  - "Hm. I have to think about that."
`;
}
