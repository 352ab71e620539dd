import type { JsonFault, Mark } from '../flow/marks.ts';
import type { Signature } from '../flow/signatures.ts';
import type { MetCall } from '../flow/ways.ts';
import type { Finding, Remark } from './finding.ts';

/** Which of the values is JSON of the author's. */
const DATA: Readonly<Record<string, number>> = { F_AI_Request: 2, ai_db_request: 2 };
const MENUS = ['select', 'prompt', 'menu'];
const NAMING = ['setd', 'getd'];
const QUERYING = ['query_sql', 'query_logsql'];
/** Commands that do whatever their first value says. */
const OBEYING = ['atcommand', 'charcommand', 'useatcmd', 'callfunc', 'doevent', 'donpcevent'];

/** What is wrong with where texts and ids go in this call. */
export function findMisplacedTexts(
  met: MetCall,
  signatures: ReadonlyMap<string, Signature>,
): readonly Finding[] {
  const { name } = met.call;
  const at = DATA[name];
  if (at !== undefined) return jsonFaults(met, at);
  if (name === 'F_AI_Decide') return situationFaults(met);
  const { file } = met;
  return [...misplaced(met, signatures), ...cutIds(met)].map((remark) => ({ file, ...remark }));
}

function misplaced(met: MetCall, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const { name } = met.call;
  if (MENUS.includes(name)) return inMenu(met, signatures);
  if (NAMING.includes(name)) return inName(met);
  if (QUERYING.includes(name)) return inSql(met);
  return OBEYING.includes(name) ? inCommand(met) : [];
}

/** Whose words they are, as the names of rules and the sentences have it. */
const WHOSE = {
  answer: { rule: 'ai-text', words: 'Words of the AI' },
  player: { rule: 'player-text', words: 'What a player typed' },
} as const;

function whoseAre(marks: ReadonlySet<Mark>, place: 'menu' | 'name' | 'sql'): keyof typeof WHOSE | undefined {
  if (marks.has(`answer-${place}`)) return 'answer';
  return marks.has(`player-${place}`) ? 'player' : undefined;
}

function inMenu({ call, values }: MetCall, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const whose = values.map(({ marks }) => whoseAre(marks, 'menu')).find((one) => one !== undefined);
  if (whose === undefined) return [];
  const { rule, words } = WHOSE[whose];
  return [
    {
      line: call.line,
      rule: `${rule}-in-menu`,
      reason: `${words} are an option of ${call.name}: a ":" in them makes two options, and an empty one moves all numbers behind it.`,
      remedy: signatures.has('F_AI_CleanOption')
        ? 'Put it through callfunc("F_AI_CleanOption", text), and leave an empty option out.'
        : 'Put it through replacestr(text, ":", ";"), and leave an empty option out.',
    },
  ];
}

function inName({ call, values: [name] }: MetCall): Remark[] {
  const whose = name && whoseAre(name.marks, 'name');
  if (whose === undefined) return [];
  const { rule, words } = WHOSE[whose];
  return [
    {
      line: call.line,
      rule: `${rule}-in-name`,
      reason: `${words} are the name of a variable in ${call.name}: with them it could be any variable.`,
      remedy: 'Compare the words with those that you expect, and name the variable yourself.',
    },
  ];
}

function inSql({ call, values: [query] }: MetCall): Remark[] {
  const whose = query && whoseAre(query.marks, 'sql');
  if (whose === undefined) return [];
  const { rule } = WHOSE[whose];
  const words = whose === 'answer' ? WHOSE.answer.words : 'What a player typed or is called';
  return [
    {
      line: call.line,
      rule: `${rule}-in-sql`,
      reason: `${words} stands in the SQL of ${call.name}: a quote in it ends yours.`,
      remedy: 'Put callfunc("F_AI_SqlText", text) there, without quotes around it.',
    },
  ];
}

function inCommand({ call, values: [what] }: MetCall): Remark[] {
  const whose = what && whoseAre(what.marks, 'name');
  if (whose === undefined) return [];
  const { rule, words } = WHOSE[whose];
  return [
    {
      line: call.line,
      rule: `${rule}-in-command`,
      reason: `${words} are what ${call.name} does: with them it could be anything.`,
      remedy:
        'Compare the words with those that you expect (F_AI_Decide gives one of yours), and write the command yourself.',
    },
  ];
}

function jsonFaults({ file, call, values }: MetCall, at: number): readonly Finding[] {
  const data = values[at];
  if (data === undefined) return [];
  if (data.faults.length > 0) return data.faults.map(unescaped);
  return data.marks.has('player-json') ? [unescaped({ file, line: call.line, whose: 'player' })] : [];
}

/** A situation is a sentence, or JSON that begins with {. */
function situationFaults({ values: [, situation] }: MetCall): readonly Finding[] {
  return situation?.isObject ? situation.faults.map(unescaped) : [];
}

function unescaped({ file, line, whose }: JsonFault): Finding {
  const words = whose === 'player' ? 'What a player typed or is called' : 'Words of the AI';
  return {
    file,
    line,
    rule: 'unescaped-json',
    reason: `${words} goes into the JSON of a request as it is: a quote in it makes it another question, or none (bad_json).`,
    remedy: 'Put it through callfunc("F_AI_JsonEscape", text) there.',
  };
}

/** Both cut to 32 bits. */
function cutIds({ call: { name, line, values: written }, values }: MetCall): Remark[] {
  const isPrinted =
    name === 'sprintf' && written[0]?.kind === 'text' && /%[-+ 0-9]*[di]/.test(written[0].value);
  if (name !== 'atoi' && !isPrinted) return [];
  if (!values.some(({ marks }) => marks.has('id'))) return [];
  return [
    {
      line,
      rule: 'cut-id',
      reason: `${name} cuts a request's id to 32 bits, and then it is another request's or none.`,
      remedy:
        name === 'atoi'
          ? 'Keep the id in a variable for numbers; query_sql can read it into one.'
          : 'Add the id to the text with +, which takes all of it.',
    },
  ];
}
