import type { Call, Expression } from '../script/syntax.ts';
import {
  ANSWER_JSON,
  ANSWER_TEXT,
  cleanFor,
  eitherOf,
  type JsonFault,
  joined,
  type Known,
  NOTHING,
  OPTION_TEXT,
  PLAYER_NAME,
  REQUEST_ID,
} from './marks.ts';

/** Commands whose result is made of the texts that they are given. */
const PASSING = new Set([
  ...['substr', 'strtoupper', 'strtolower', 'ucwords', 'insertchar', 'delchar', 'setchar', 'trim'],
  ...['sprintf', 'implode', 'setstr', 'charat', 'f_rand', 'max', 'min'],
]);
const ESCAPING = new Set(['f_ai_jsonescape', 'ai_json_escape', 'escape']);
const ANSWERING = new Set([
  ...['f_ai_ask', 'f_ai_say', 'f_ai_shout', 'f_ai_mob', 'f_ai_jsontext', 'ai_json_get'],
]);
/** What F_AI_Last tells that no AI has written. */
const OWN_WORDS = ['error', 'limited', 'emotion'];
const PLAYER_NAMES = new Set([
  ...['getguildname', 'getpartyname', 'rid2name', 'getguildmaster', 'convertpcinfo'],
  ...['getunitname', 'getunittitle', 'getpartyleader'],
]);
/** Commands that give a name for 2, and numbers for others: of a pet, a homunculus, a mercenary. */
const NAMES_BY_TWO = new Set(['getpetinfo', 'gethominfo']);
/** strcharinfo(3) is the name of a map, which the server's own files give. */
const NAMES_OF_STRCHARINFO = 2;

/** What a command or a function of the library gives back, of what its values are. */
export function resultOf({ name, values, line }: Call, known: readonly Known[], file: string): Known {
  const lower = name.toLowerCase();
  const all = eitherOf(known);
  if (lower === 'f_ai_request' || lower === 'ai_db_request') return REQUEST_ID;
  if (lower === 'f_ai_response' || lower === 'ai_db_response') return ANSWER_JSON;
  if (ANSWERING.has(lower)) return ANSWER_TEXT;
  if (ESCAPING.has(lower))
    return { ...cleanFor(all, 'json'), ...{ faults: [], isJson: false, isObject: false } };
  if (lower === 'f_ai_sqltext' || lower === 'escape_sql') return cleanFor(all, 'sql');
  if (lower.startsWith('f_ai_')) return ofLibrary(lower, values, all);
  if (isPlayerName(lower, values)) return PLAYER_NAME;
  if (lower === 'sprintf') return printed(known, { file, line });
  if (lower === 'replacestr') return replaced(values, all);
  return PASSING.has(lower) ? all : NOTHING;
}

function isPlayerName(lower: string, [first]: readonly Expression[]): boolean {
  if (PLAYER_NAMES.has(lower)) return true;
  if (NAMES_BY_TWO.has(lower))
    return (
      (first?.kind === 'number' && first.value === 2) ||
      (first?.kind === 'variable' && first.name.endsWith('_name'))
    );
  return lower === 'strcharinfo' && !(first?.kind === 'number' && first.value > NAMES_OF_STRCHARINFO);
}

/** F_AI_Clean is for the dialogue; others of its kind are for menus and names. */
function ofLibrary(lower: string, values: readonly Expression[], all: Known): Known {
  switch (lower) {
    case 'f_ai_clean':
      return values.length < 2 ? all : cleanFor(all, 'menu');
    case 'f_ai_cleanoption':
      return cleanFor(all, 'menu');
    case 'f_ai_cleanname':
      return cleanFor(all, 'menu', 'name');
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

function printed([format = NOTHING, ...values]: readonly Known[], at: Omit<JsonFault, 'whose'>): Known {
  return { ...joined({ ...format, isQuoted: format.isJson }, eitherOf(values), at), isQuoted: false };
}

/** A text without its colons may stand in a menu. */
function replaced([, what]: readonly Expression[], all: Known): Known {
  return what?.kind === 'text' && what.value === ':' ? cleanFor(all, 'menu') : all;
}
