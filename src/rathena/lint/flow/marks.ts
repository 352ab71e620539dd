import type { Call, Expression } from '../script/syntax.ts';

/**
 * What is known of a text's origin, by where it may not go as it is: into the JSON of a request (with whose words it
 * has), into a menu, into a variable's name, into SQL; and whether it is a request's id.
 */
type Mark = 'player-json' | 'answer-json' | 'menu' | 'name' | 'sql' | 'id';

/** A place where a text went between the quotes of JSON without being escaped. */
interface JsonFault {
  readonly line: number;
  readonly whose: 'player' | 'answer';
}

/** What a value may be. */
export interface Known {
  readonly marks: ReadonlySet<Mark>;
  readonly faults: readonly JsonFault[];
  /** The text so far looks like JSON. */
  readonly isJson: boolean;
  /** It ends between two quotes. */
  readonly isQuoted: boolean;
}

export const NOTHING: Known = { marks: new Set(), faults: [], isJson: false, isQuoted: false };

export const PLAYER_TEXT = withMarks('player-json');
/** Words of the AI, cleaned for a dialogue or not: a colon is in both. */
export const ANSWER_TEXT = withMarks('answer-json', 'menu', 'name', 'sql');
/** JSON as it came: whole, it may stand in JSON. */
const ANSWER_JSON = withMarks('menu', 'name', 'sql');
export const REQUEST_ID = withMarks('id');

function withMarks(...marks: readonly Mark[]): Known {
  return { ...NOTHING, marks: new Set(marks) };
}

export function textOf(value: string): Known {
  const quotes = value.split('"').length - 1;
  return { ...NOTHING, isJson: /["{[]/.test(value), isQuoted: quotes % 2 === 1 };
}

/** One or the other. */
export function either(one: Known, other: Known): Known {
  if (one === other || other === NOTHING) return one;
  if (one === NOTHING) return other;
  return {
    marks: new Set([...one.marks, ...other.marks]),
    faults: [...new Set([...one.faults, ...other.faults])],
    isJson: one.isJson || other.isJson,
    isQuoted: one.isQuoted && other.isQuoted,
  };
}

/** The text of one with that of another behind it. */
export function joined(left: Known, right: Known, line: number): Known {
  const whose = whoseWords(left, right);
  const faults = whose === undefined ? [] : [{ line, whose }];
  return {
    marks: new Set([...left.marks, ...right.marks]),
    faults: [...left.faults, ...right.faults, ...faults],
    isJson: left.isJson || right.isJson,
    isQuoted: left.isQuoted !== right.isQuoted,
  };
}

/** Outside of quotes, an answer may be a number or JSON of its own; what a player typed is neither. */
function whoseWords(left: Known, right: Known): JsonFault['whose'] | undefined {
  if (!left.isJson) return undefined;
  if (right.marks.has('player-json')) return 'player';
  return left.isQuoted && right.marks.has('answer-json') ? 'answer' : undefined;
}

function without({ marks, ...known }: Known, ...gone: readonly Mark[]): Known {
  return { ...known, marks: new Set([...marks].filter((mark) => !gone.includes(mark))) };
}

/** Commands whose result is made of the texts that they are given. */
const PASSING = new Set([
  ...[
    'substr',
    'replacestr',
    'strtoupper',
    'strtolower',
    'ucwords',
    'insertchar',
    'delchar',
    'setchar',
    'trim',
  ],
  ...['sprintf', 'implode', 'setstr', 'charat', 'preg_match', 'escape_sql', 'f_rand', 'getd'],
]);
const ESCAPING = new Set(['f_ai_jsonescape', 'ai_json_escape', 'escape']);
const ANSWERING = new Set([
  ...['f_ai_ask', 'f_ai_say', 'f_ai_shout', 'f_ai_mob', 'f_ai_jsontext', 'ai_json_get'],
]);
/** Words of the AI without a colon. */
const OPTION_TEXT = withMarks('answer-json', 'name', 'sql');
/** What F_AI_Last tells that no AI has written. */
const OWN_WORDS = ['error', 'limited', 'emotion'];
const PLAYER_NAMES = new Set(['getguildname', 'getpartyname', 'rid2name', 'getguildmaster', 'convertpcinfo']);
/** strcharinfo(3) is the name of a map, which the server's own files give. */
const NAMES_OF_STRCHARINFO = 2;

/** What a call gives back, of what its values are. */
export function resultOf({ name, values, line }: Call, known: readonly Known[]): Known {
  const lower = name.toLowerCase();
  const all = known.reduce(either, NOTHING);
  const [first] = values;
  if (lower === 'f_ai_request' || lower === 'ai_db_request') return REQUEST_ID;
  if (lower === 'f_ai_response' || lower === 'ai_db_response') return ANSWER_JSON;
  if (ANSWERING.has(lower)) return ANSWER_TEXT;
  if (ESCAPING.has(lower))
    return { ...without(all, 'player-json', 'answer-json'), faults: [], isJson: false };
  if (lower === 'f_ai_sqltext' || lower === 'escape_sql') return without(all, 'sql');
  if (lower.startsWith('f_ai_')) return ofLibrary(lower, values, all);
  if (lower === 'strcharinfo')
    return first?.kind === 'number' && first.value > NAMES_OF_STRCHARINFO ? NOTHING : PLAYER_TEXT;
  if (PLAYER_NAMES.has(lower)) return PLAYER_TEXT;
  if (lower === 'sprintf') return printed(known, line);
  if (lower === 'replacestr') return replaced(values, all);
  return PASSING.has(lower) ? all : NOTHING;
}

/** F_AI_Clean is for the dialogue; others of its kind are for menus and names. */
function ofLibrary(lower: string, values: readonly Expression[], all: Known): Known {
  switch (lower) {
    case 'f_ai_clean':
      return values.length < 2 ? all : without(all, 'menu');
    case 'f_ai_cleanoption':
      return without(all, 'menu');
    case 'f_ai_cleanname':
      return without(all, 'menu', 'name');
    case 'f_ai_menu':
      return OPTION_TEXT;
    case 'f_ai_last':
      return lastOf(values);
    default:
      return NOTHING;
  }
}

function lastOf([what]: readonly Expression[]): Known {
  if (what?.kind !== 'text') return ANSWER_TEXT;
  if (what.value === 'id') return REQUEST_ID;
  return OWN_WORDS.includes(what.value) ? NOTHING : ANSWER_TEXT;
}

function printed([format = NOTHING, ...values]: readonly Known[], line: number): Known {
  const all = values.reduce(either, NOTHING);
  return { ...joined({ ...format, isQuoted: format.isJson }, all, line), isQuoted: false };
}

/** A text without its colons may stand in a menu. */
function replaced([, what]: readonly Expression[], all: Known): Known {
  return what?.kind === 'text' && what.value === ':' ? without(all, 'menu') : all;
}
