/** Whose words a text has: what a player typed or is called, or what the AI wrote. */
type Whose = 'player' | 'answer';
/** Where a text may not go as it is: into the JSON of a request, a menu, a variable's name, SQL. */
type Place = 'json' | 'menu' | 'name' | 'sql';

/** What is known of a text's origin, by where it may not go as it is; and whether it is a request's id. */
export type Mark = `${Whose}-${Place}` | 'id';

/** A place where a text went between the quotes of JSON without being escaped. */
export interface JsonFault {
  readonly file: string;
  readonly line: number;
  readonly whose: Whose;
}

/** What a value may be. */
export interface Known {
  readonly marks: ReadonlySet<Mark>;
  readonly faults: readonly JsonFault[];
  /** The text so far looks like JSON. */
  readonly isJson: boolean;
  /** It ends between two quotes. */
  readonly isQuoted: boolean;
  /** It begins with {. */
  readonly isObject: boolean;
}

export const NOTHING: Known = {
  ...{ marks: new Set(), faults: [] },
  ...{ isJson: false, isQuoted: false, isObject: false },
};

/** What a player typed, which may be anything. */
export const TYPED_TEXT = withMarks('player-json', 'player-menu', 'player-name', 'player-sql');
/** How a player, his guild or his pet is called: signs of menus and of names are seldom in it, quotes may be. */
export const PLAYER_NAME = withMarks('player-json', 'player-sql');
/** Words of the AI, cleaned for a dialogue or not: a colon is in both. */
export const ANSWER_TEXT = withMarks('answer-json', 'answer-menu', 'answer-name', 'answer-sql');
/** Words of the AI without a colon. */
export const OPTION_TEXT = withMarks('answer-json', 'answer-name', 'answer-sql');
/** JSON as it came: whole, it may stand in JSON. */
export const ANSWER_JSON = withMarks('answer-menu', 'answer-name', 'answer-sql');
export const REQUEST_ID = withMarks('id');

function withMarks(...marks: readonly Mark[]): Known {
  return { ...NOTHING, marks: new Set(marks) };
}

export function textOf(value: string): Known {
  const quotes = value.split('"').length - 1;
  return {
    ...NOTHING,
    isJson: /["{[]/.test(value),
    isQuoted: quotes % 2 === 1,
    isObject: value.startsWith('{'),
  };
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
    isObject: one.isObject || other.isObject,
  };
}

export function eitherOf(all: readonly Known[]): Known {
  return all.reduce(either, NOTHING);
}

/** The text of one with that of another behind it; `at` is where that is written. */
export function joined(left: Known, right: Known, at: Omit<JsonFault, 'whose'>): Known {
  const whose = whoseWords(left, right);
  const faults = whose === undefined ? [] : [{ file: at.file, line: at.line, whose }];
  return {
    marks: new Set([...left.marks, ...right.marks]),
    faults: [...left.faults, ...right.faults, ...faults],
    isJson: left.isJson || right.isJson,
    isQuoted: left.isQuoted !== right.isQuoted,
    isObject: left.isObject,
  };
}

/** Outside of quotes, an answer may be a number or JSON of its own; what a player typed is neither. */
function whoseWords(left: Known, right: Known): Whose | undefined {
  if (!left.isJson) return undefined;
  if (right.marks.has('player-json')) return 'player';
  return left.isQuoted && right.marks.has('answer-json') ? 'answer' : undefined;
}

/** The same, as it may stand in these places. */
export function cleanFor(known: Known, ...places: readonly Place[]): Known {
  const gone = new Set<string>(places.flatMap((place) => [`player-${place}`, `answer-${place}`]));
  return { ...known, marks: new Set([...known.marks].filter((mark) => !gone.has(mark))) };
}

/** The same text in one word, to tell whether something was known before. */
export function keyOf({ marks, faults, isJson, isQuoted, isObject }: Known): string {
  const places = faults.map(({ file, line, whose }) => `${file}:${line}:${whose}`);
  const shape = [isJson, isQuoted, isObject].map((one) => (one ? '1' : '0')).join('');
  return [[...marks].sort().join(' '), [...new Set(places)].sort().join(' '), shape].join('|');
}
