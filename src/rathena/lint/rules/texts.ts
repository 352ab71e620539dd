import type { Known } from '../flow/marks.ts';
import type { Signature } from '../flow/signatures.ts';
import type { MetCall } from '../flow/ways.ts';
import type { Remark } from './finding.ts';

const ASKING = ['F_AI_Request', 'ai_db_request'];
/** The place of the JSON among the values of a request. */
const DATA = 2;
const MENUS = ['select', 'prompt', 'menu'];
const NAMING = ['setd', 'getd'];
const QUERYING = ['query_sql', 'query_logsql'];

/** What is wrong with where texts and ids go in this call. */
export function findMisplacedTexts(met: MetCall, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const { name, line } = met.call;
  if (ASKING.includes(name)) return jsonFaults(met);
  if (MENUS.includes(name) && met.values.some(({ marks }) => marks.has('menu')))
    return [
      {
        line,
        rule: 'ai-text-in-menu',
        reason: `Words of the AI are an option of ${name}: a ":" in them makes two options, and an empty one moves all numbers behind it.`,
        remedy: signatures.has('F_AI_CleanOption')
          ? 'Put it through callfunc("F_AI_CleanOption", text), and leave an empty option out.'
          : 'Put it through replacestr(text, ":", ";"), and leave an empty option out.',
      },
    ];
  if (NAMING.includes(name) && met.values[0]?.marks.has('name'))
    return [
      {
        line,
        rule: 'ai-text-in-name',
        reason: `Words of the AI are the name of a variable in ${name}: with them it could be any variable.`,
        remedy: 'Compare the words with those that you expect, and name the variable yourself.',
      },
    ];
  if (QUERYING.includes(name) && met.values[0]?.marks.has('sql'))
    return [
      {
        line,
        rule: 'ai-text-in-sql',
        reason: `Words of the AI stand in the SQL of ${name}: a quote in them ends yours.`,
        remedy: 'Put callfunc("F_AI_SqlText", text) there, without quotes around it.',
      },
    ];
  return cutIds(met);
}

function jsonFaults({ call, values }: MetCall): Remark[] {
  const data = values[DATA];
  if (data === undefined) return [];
  if (data.faults.length === 0)
    return data.marks.has('player-json') ? [unescaped({ line: call.line, whose: 'player' })] : [];
  return data.faults.map(unescaped);
}

function unescaped({ line, whose }: Known['faults'][number]): Remark {
  const words = whose === 'player' ? 'What a player typed or is called' : 'Words of the AI';
  return {
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
