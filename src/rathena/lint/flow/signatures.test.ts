import { describe, expect, it } from 'vitest';
import { readScripts } from '../read-file.ts';
import { readCommands, signaturesOf } from './signatures.ts';

const COMMANDS = readCommands(
  'BUILDIN_DEF(ai_db_request,"sss??"),\nBUILDIN_DEF(ai_db_response,"i?"),\nBUILDIN_DEF2(ai_json_escape,"escape","v"),\nBUILDIN_DEF(more,"s*"),\n',
);

function signatureOf(body: string, others = '', comment = ''): unknown {
  const { scripts } = readScripts(
    'a.txt',
    `${others}\n${comment}\nfunction\tscript\tF_AI_X\t{\n${body}\n}\n`,
  );
  return signaturesOf(scripts, COMMANDS).get('F_AI_X');
}

it('commands take what their row of the table says', () => {
  expect(COMMANDS.map(({ name, least, most }) => [name, least, most])).toEqual([
    ['ai_db_request', 3, 5],
    ['ai_db_response', 1, 2],
    ['escape', 1, 1],
    ['more', 1, Number.POSITIVE_INFINITY],
  ]);
});

describe('a function takes what its getarg say', () => {
  it.each([
    ['return;', 0, 0],
    ['return getarg(0) + getarg(2, 5);', 1, 3],
    ['.@a = getarg(1, 0); return getarg(0);', 1, 2],
    ['if (getargcount() > 2) return f(getarg(0), getarg(1), getarg(2));\nreturn getarg(0);', 1, 3],
    ['return getargcount() > 1 ? getarg(1) : getarg(0);', 0, 2],
    ['for (.@i = 1; .@i < getargcount(); .@i++) .@a$ += getarg(.@i);\nreturn getarg(0);', 1, Infinity],
    ['return callsub(S_Sum, 1, 2);\nS_Sum:\nreturn getarg(0) + getarg(1);', 0, 0],
  ])('%s', (body, least, most) => {
    expect(signatureOf(body)).toMatchObject({ least, most });
  });
});

it('where getarg computes which, the comment above says how many it takes', () => {
  const body = 'for (.@i = 0; .@i < getargcount(); .@i++) .@a$ += getarg(.@i);\nreturn getarg(0);';
  const of = (usage: string) => signatureOf(body, '', `// ${usage}`);
  expect(of('F_AI_X(npc, npc{, npc{, npc}}, topic, lines)')).toMatchObject({ least: 4, most: 6 });
  expect(of('F_AI_X(npc, situation, action, action{, action...})')).toMatchObject({
    least: 4,
    most: Number.POSITIVE_INFINITY,
  });
});

describe('a function does what those that it calls do', () => {
  it('asks, sleeps and shows by way of another', () => {
    const others =
      'function\tscript\tF_Y\t{\n.@id = ai_db_request("x", "/x", "{}");\nmes "a";\nsleep2 10;\nreturn;\n}\n';
    expect(signatureOf('callfunc "F_Y";', others)).toMatchObject({
      asks: true,
      sleeps: true,
      shows: true,
      closes: false,
    });
  });

  it('sleeps only with the argument that its comment calls timeout_ms=0', () => {
    const comment = '// F_AI_X(id{, timeout_ms=0})';
    expect(signatureOf('return ai_db_response(getarg(0), getarg(1, 0));', '', comment)).toMatchObject({
      sleeps: { withArgument: 1 },
      usage: 'F_AI_X(id{, timeout_ms=0})',
    });
  });
});
