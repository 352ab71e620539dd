/** A text of .env, and all that comes of it. */
interface EnvCase {
  readonly text: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type Fault = Partial<Pick<EnvCase, 'problems' | 'warnings'>>;

/** DB_PASSWORD is a secret, DB_USER is not, and OTHER belongs to another program. */
export const ENV_TABLE: readonly EnvCase[] = [
  // Names and blanks.
  row('DB_PASSWORD=pass\n', { DB_PASSWORD: 'pass' }),
  row('DB_PASSWORD=pass', { DB_PASSWORD: 'pass' }),
  row(' DB_PASSWORD = pass \nDB_USER=u', { DB_PASSWORD: 'pass', DB_USER: 'u' }),
  row('\tDB_PASSWORD\t=\tpass\t\n', { DB_PASSWORD: 'pass' }),
  row('DB_PASSWORD=  pass  word  \n', { DB_PASSWORD: 'pass  word' }),
  row('DB_PASSWORD=pass\tword\n', { DB_PASSWORD: 'pass\tword' }),
  row('export DB_PASSWORD=pass\n', { DB_PASSWORD: 'pass' }),
  row('export   DB_PASSWORD = pass\n', { DB_PASSWORD: 'pass' }),
  row('OTHER.name-2=pass\n', { 'OTHER.name-2': 'pass' }),
  row('DB_PASSWORD=pass\u00a0\n', { DB_PASSWORD: 'pass' }, strangeBlank(1)),
  row('DB_PASSWORD=\u3000pass\n', { DB_PASSWORD: 'pass' }, strangeBlank(1)),
  row('DB_PASSWORD="pass\u00a0"\n', { DB_PASSWORD: 'pass\u00a0' }),
  row('DB_PASSWORD=päß日本\n', { DB_PASSWORD: 'päß日本' }),
  row('', {}),
  row('\n \n\t\n', {}),

  // The ends of lines, and what editors put before the first one.
  row('DB_PASSWORD=pass\r\nDB_USER=u\r\n', { DB_PASSWORD: 'pass', DB_USER: 'u' }),
  row('DB_PASSWORD=pass\r\nDB_USER=u', { DB_PASSWORD: 'pass', DB_USER: 'u' }),
  row('DB_PASSWORD=pass\rDB_USER=u\r', { DB_PASSWORD: 'pass', DB_USER: 'u' }),
  row('\uFEFFDB_PASSWORD=pass\n', { DB_PASSWORD: 'pass' }),
  row('\uFEFF# settings\r\nDB_PASSWORD=pass\r\n', { DB_PASSWORD: 'pass' }),

  // An empty value, and a name that is there twice.
  row('DB_PASSWORD=\n', { DB_PASSWORD: '' }),
  row('DB_PASSWORD=', { DB_PASSWORD: '' }),
  row('DB_PASSWORD=""\nDB_USER=u', { DB_PASSWORD: '', DB_USER: 'u' }),
  row("DB_PASSWORD=''", { DB_PASSWORD: '' }),
  row('DB_PASSWORD=\nDB_USER=u\n', { DB_PASSWORD: '', DB_USER: 'u' }),
  row('DB_PASSWORD=one\nDB_PASSWORD=two\n', { DB_PASSWORD: 'two' }),
  row('DB_PASSWORD=one\nDB_PASSWORD=\n', { DB_PASSWORD: '' }),
  row('DB_PASSWORD=p#ss\nDB_PASSWORD="p#ss"\n', { DB_PASSWORD: 'p#ss' }),

  // Lines that are no setting.
  row('#DB_PASSWORD=pass\nDB_USER=u\n', { DB_USER: 'u' }),
  row(' # DB_PASSWORD\nDB_USER=u', { DB_USER: 'u' }),
  row('DB_PASSWORD pass\nDB_USER=u\n', { DB_USER: 'u' }, stray(1)),
  row('DB_USER=u\nDB_PASSWORD: pass\n', { DB_USER: 'u' }, stray(2)),
  row('DB_USER=u\n; a comment\n', { DB_USER: 'u' }, stray(2)),
  row('=pass\nDB_USER=u', { DB_USER: 'u' }, stray(1)),
  row('1ST=pass\n', {}, stray(1)),
  row('DB_PASSWORD=\n"pass"\n', { DB_PASSWORD: '' }, stray(2)),

  // A # in a value without quotes.
  row('DB_PASSWORD=p#ss\nDB_USER=u\n', { DB_PASSWORD: 'p', DB_USER: 'u' }, cut(1)),
  row('DB_USER=u\nDB_PASSWORD=p#ss', { DB_USER: 'u', DB_PASSWORD: 'p' }, cut(2)),
  row('DB_PASSWORD=#pass\n', { DB_PASSWORD: '' }, cut(1)),
  row('DB_PASSWORD= # none\n', { DB_PASSWORD: '' }, cut(1)),
  row('DB_PASSWORD=h"un#ter"\n', { DB_PASSWORD: 'h"un' }, cut(1)),
  row('DB_PASSWORD=p#ss word #2\r\n', { DB_PASSWORD: 'p' }, cut(1)),
  row('DB_PASSWORD=pass #word', { DB_PASSWORD: 'pass' }, likelyComment(1)),
  row('DB_PASSWORD=pass # word\n', { DB_PASSWORD: 'pass' }, likelyComment(1)),
  row('DB_USER=u # the game’s', { DB_USER: 'u' }),
  row('OTHER=#ff0000\nDB_USER=u', { OTHER: '', DB_USER: 'u' }),

  // Quotes of the three kinds.
  row('DB_PASSWORD="p#ss"\n', { DB_PASSWORD: 'p#ss' }),
  row("DB_PASSWORD='p#ss'", { DB_PASSWORD: 'p#ss' }),
  row('DB_PASSWORD=`p#ss`\n', { DB_PASSWORD: 'p#ss' }),
  row('DB_PASSWORD="  pass  "\n', { DB_PASSWORD: '  pass  ' }),
  row('DB_PASSWORD="pass" # a comment\n', { DB_PASSWORD: 'pass' }),
  row('DB_PASSWORD="pass" # not "a"\n', { DB_PASSWORD: 'pass' }, quoteInComment(1)),
  row('DB_USER="u" # not "v"\n', { DB_USER: 'u' }),
  row("DB_PASSWORD='p#ss'# a comment", { DB_PASSWORD: 'p#ss' }),
  row(`DB_PASSWORD='"'\n`, { DB_PASSWORD: '"' }),
  row(`DB_PASSWORD="'"\n`, { DB_PASSWORD: "'" }),
  row('DB_PASSWORD=`"\'`\n', { DB_PASSWORD: '"\'' }),
  row("DB_PASSWORD=it's\n", { DB_PASSWORD: "it's" }),
  row('DB_PASSWORD=p"a"ss\n', { DB_PASSWORD: 'p"a"ss' }),
  row('DB_PASSWORD={"A": "b"}\n', { DB_PASSWORD: '{"A": "b"}' }),

  row('DB_PASSWORD=pass"\n', { DB_PASSWORD: 'pass"' }, unopened(1, "'…'")),
  row("DB_PASSWORD=pass'", { DB_PASSWORD: "pass'" }, unopened(1, '"…"')),
  row('DB_PASSWORD=p"ass"\n', { DB_PASSWORD: 'p"ass"' }),
  row('DB_USER=u"\n', { DB_USER: 'u"' }),

  // Quotes that end elsewhere than they seem to.
  row('DB_PASSWORD="pass\nDB_USER=u\n', { DB_PASSWORD: '"pass', DB_USER: 'u' }, unclosed(1, "'…'")),
  row('DB_PASSWORD="pass', { DB_PASSWORD: '"pass' }, unclosed(1, "'…'")),
  row("DB_PASSWORD='", { DB_PASSWORD: "'" }, unclosed(1, '"…"')),
  row('OTHER="pass\nDB_USER=u', { OTHER: '"pass', DB_USER: 'u' }),
  row('DB_PASSWORD="pass" word\n', { DB_PASSWORD: '"pass" word' }, goesOn(1, "'…'")),
  row('DB_PASSWORD="pass"word"\n', { DB_PASSWORD: 'pass"word' }, goesOn(1, "'…'")),
  row("DB_PASSWORD='it'\\''s'\n", { DB_PASSWORD: "it'\\''s" }, goesOn(1, '"…"')),
  row('DB_PASSWORD="p\\"ss"\n', { DB_PASSWORD: 'p\\"ss' }, goesOn(1, "'…'")),
  row('DB_PASSWORD="p\\" # ss"\n', { DB_PASSWORD: 'p\\" # ss' }, goesOn(1, "'…'")),
  row('DB_PASSWORD="pass\nDB_USER=u"\n', { DB_PASSWORD: 'pass\nDB_USER=u' }, inside('DB_PASSWORD')),
  row('OTHER="pass\nDB_USER=u" v\n', { OTHER: '"pass' }, inside('OTHER')),

  // Values over several lines.
  row('DB_PASSWORD="two\nlines"\nDB_USER=u\n', { DB_PASSWORD: 'two\nlines', DB_USER: 'u' }),
  row("DB_PASSWORD='two\r\nlines' # a comment\r\nDB_USER=u", { DB_PASSWORD: 'two\nlines', DB_USER: 'u' }),
  row('DB_PASSWORD=`{\n"A": 1,\n#B=2\n}`\n', { DB_PASSWORD: '{\n"A": 1,\n#B=2\n}' }),
  row('OTHER="-----BEGIN\nabc=\n-----END"\nDB_USER=u', { OTHER: '-----BEGIN\nabc=\n-----END', DB_USER: 'u' }),

  // Backslashes, dollars and what else a shell would replace.
  row("DB_PASSWORD='p\\ass\\n'\n", { DB_PASSWORD: 'p\\ass\\n' }),
  row("DB_PASSWORD='pass\\'\nOTHER=it'\n", { DB_PASSWORD: 'pass\\', OTHER: "it'" }),
  row('DB_PASSWORD=p\\ass\n', { DB_PASSWORD: 'p\\ass' }, backslash(1)),
  row('DB_PASSWORD="p\\nss"\n', { DB_PASSWORD: 'p\nss' }, lineBreak(1, '\\n')),
  row('DB_PASSWORD="p\\rss"\n', { DB_PASSWORD: 'p\rss' }, lineBreak(1, '\\r')),
  row('DB_PASSWORD="p\\\\ss"', { DB_PASSWORD: 'p\\\\ss' }, backslash(1)),
  row('DB_PASSWORD="p\\tss"\n', { DB_PASSWORD: 'p\\tss' }),
  row('DB_USER=u\\v\n', { DB_USER: 'u\\v' }),
  row('DB_PASSWORD=$HOME\n', { DB_PASSWORD: '$HOME' }),
  row('DB_USER=u\nDB_PASSWORD="$DB_USER"\n', { DB_USER: 'u', DB_PASSWORD: '$DB_USER' }),
  row('DB_PASSWORD=a=b;c&d|e\n', { DB_PASSWORD: 'a=b;c&d|e' }),
];

function row(text: string, variables: EnvCase['variables'], fault: Fault = {}): EnvCase {
  return { text, variables, problems: [], warnings: [], ...fault };
}

function stray(line: number): Fault {
  return { problems: [`.env, line ${line}: this is not NAME=value. A comment begins with #.`] };
}

function cut(line: number): Fault {
  return problem(line, 'has a # that would cut its value short. Put the value in quotes: DB_PASSWORD="…".');
}

function likelyComment(line: number): Fault {
  const quotes = 'Put the value in quotes: DB_PASSWORD="…".';
  return warning(line, `has a # after a space, which would cut its value short. ${quotes}`);
}

function strangeBlank(line: number): Fault {
  const advice = 'Take it away, or put the value in quotes: DB_PASSWORD="…".';
  return problem(line, `begins or ends with a blank that is neither a space nor a tab. ${advice}`);
}

function unclosed(line: number, quotes: string): Fault {
  return problem(line, `begins with a quote that is not closed. ${inOther(quotes)}`);
}

function unopened(line: number, quotes: string): Fault {
  const advice = `Take it away, or put the whole value between others: DB_PASSWORD=${quotes}.`;
  return warning(line, `ends with a quote that nothing opens, and it counts as part of the value. ${advice}`);
}

function goesOn(line: number, quotes: string): Fault {
  return problem(line, `goes on behind its closing quote. ${inOther(quotes)}`);
}

function inOther(quotes: string): string {
  return `Put the whole value between quotes that are not in it: DB_PASSWORD=${quotes}.`;
}

function quoteInComment(line: number): Fault {
  const advice = "put it between quotes that are not in it: DB_PASSWORD='…'.";
  return warning(
    line,
    `has a closing quote in its comment, too. If the value goes on until there, ${advice}`,
  );
}

function inside(name: string): Fault {
  const where = 'is closed on line 2 only, so DB_USER on line 2 is not read';
  return { problems: [`.env, line 1: ${name} opens a quote that ${where}. Close it where the value ends.`] };
}

function lineBreak(line: number, written: string): Fault {
  const advice = "put the value between quotes that are not in it: DB_PASSWORD='…'.";
  const meaning = `which makes a line break. If the characters themselves are meant, ${advice}`;
  return warning(line, `has a ${written} in double quotes, ${meaning}`);
}

function backslash(line: number): Fault {
  const advice = "Put the value in these: DB_PASSWORD='…'.";
  return warning(line, `has a \\, which systemd reads otherwise outside single quotes. ${advice}`);
}

function problem(line: number, words: string): Fault {
  return { problems: [`.env, line ${line}: DB_PASSWORD ${words}`] };
}

function warning(line: number, words: string): Fault {
  return { warnings: [`.env, line ${line}: DB_PASSWORD ${words}`] };
}
