import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { newFolder, querySqlite, startOnTerminal, useCli } from '../support/cli-process.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { waitFor } from '../support/wait-for.ts';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const PROMPT = /◆ {2}You/;
const GOODBYE = 'The Sage of Prontera goes back to his book.';

let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
useCli();

/** Waits for the prompt that comes after `turns` answers; only then does the terminal hand keys to the chat. */
async function prompt(demo: ProgramProcess, turns: number): Promise<void> {
  await waitFor(
    () => {
      const shown = stripVTControlCharacters(demo.stdout);
      const answers = shown.split(/completed in \d+ ms/);
      return answers.length === turns + 1 && PROMPT.test(answers.at(-1)!);
    },
    { timeoutMs: 30_000, what: `prompt ${turns + 1} in:\n${demo.stdout}` },
  );
}

it('two lines are answered, each with its request, status and timing; Ctrl-D ends it with 0', async () => {
  const demo = startOnTerminal(['demo'], { env: { TMPDIR: newFolder() } });
  await prompt(demo, 0);
  demo.type('Where am I?\r');
  await prompt(demo, 1);
  demo.type('Who are you?\r');
  await prompt(demo, 2);
  demo.type(CTRL_D);

  const { exitCode, stdout } = await demo.ended;

  const shown = stripVTControlCharacters(stdout);
  expect(exitCode).toBe(0);
  for (const id of [1, 2]) {
    expect(shown).toMatch(
      new RegExp(
        `request ${id}, completed in \\d+ ms: inserted \\d+, waited \\d+, AI call \\d+, written and read \\d+`,
      ),
    );
  }
  expect(shown).toContain('an empty line, "bye" or Ctrl-D ends the talk');
  expect(shown).toContain(GOODBYE);
  const file = /Database: SQLite (\S+)/.exec(shown)![1]!;
  expect(querySqlite(file, 'SELECT request_data, status FROM ai_requests ORDER BY id')).toEqual([
    { request_data: expect.stringContaining('"Where am I?"'), status: 'completed' },
    { request_data: expect.stringContaining('"Who are you?"'), status: 'completed' },
  ]);
});

it('he remembers what he was told three lines ago', async () => {
  const demo = startOnTerminal(['demo'], { env: { TMPDIR: newFolder() } });
  const lines = ['My name is Ana', 'Where am I?', 'How do I get to Geffen?', 'What is my name?'];
  for (const [turn, line] of lines.entries()) {
    await prompt(demo, turn);
    demo.type(`${line}\r`);
  }
  await prompt(demo, lines.length);
  const [, last = ''] = stripVTControlCharacters(demo.stdout).split(/What is my name\?.*?Sage of Prontera/s);
  demo.type(CTRL_D);

  expect(last).toContain('Ana');
  expect((await demo.ended).exitCode).toBe(0);
});

it.each([
  ['an empty line', '\r'],
  ['bye', 'Bye!\r'],
  ['Ctrl-C', CTRL_C],
  ['Ctrl-D', CTRL_D],
])('%s ends the chat with exit code 0', async (_, keys) => {
  const demo = startOnTerminal(['demo'], { env: { TMPDIR: newFolder() } });
  await prompt(demo, 0);
  demo.type(keys);

  const { exitCode, stdout } = await demo.ended;

  expect(exitCode).toBe(0);
  expect(stdout).toContain(GOODBYE);
});

it('Ctrl-C while the NPC thinks cancels the request and ends with 0', async () => {
  stub.behaveAlways(behaviours.never());
  const demo = startOnTerminal(['demo', '--ai-service', stub.url], { env: { TMPDIR: newFolder() } });
  await prompt(demo, 0);
  demo.type('Are you there?\r');
  await demo.waitForOutput(/The Sage of Prontera thinks\./);
  demo.type(CTRL_C);

  const { exitCode, stdout } = await demo.ended;

  expect(exitCode).toBe(0);
  const file = /Database: SQLite (\S+)/.exec(stripVTControlCharacters(stdout))![1]!;
  expect(querySqlite(file, 'SELECT status FROM ai_requests')).toEqual([{ status: 'cancelled' }]);
});

it('a question without an answer says why, and the chat goes on', async () => {
  stub.behaveAlways(behaviours.status(400, { body: { detail: 'no such NPC' } }));
  const demo = startOnTerminal(['demo', '--ai-service', stub.url], { env: { TMPDIR: newFolder() } });
  await prompt(demo, 0);
  demo.type('Hello\r');
  await demo.waitForOutput(/failed in \d+ ms[\s\S]*You/);
  demo.type(CTRL_D);

  const { exitCode, stdout } = await demo.ended;

  expect(exitCode).toBe(0);
  expect(stripVTControlCharacters(stdout)).toContain('has no answer. ai_client_error: ');
});

it('both lines of a pasted text are answered, and ↑ brings back what was said', async () => {
  const up = '\x1b[A';
  const demo = startOnTerminal(['demo'], { env: { TMPDIR: newFolder() } });
  await prompt(demo, 0);
  demo.type('Where am I?\r\rWho are you?\r');
  await prompt(demo, 2);
  demo.type(`${up}${up}\r`);
  await prompt(demo, 3);
  demo.type(CTRL_D);

  expect((await demo.ended).exitCode).toBe(0);
  const file = /Database: SQLite (\S+)/.exec(stripVTControlCharacters(demo.stdout))![1]!;
  const rows = querySqlite(
    file,
    "SELECT json_extract(request_data, '$.message') AS said FROM ai_requests ORDER BY id",
  );
  expect(rows.map(({ said }) => said)).toEqual(['Where am I?', 'Who are you?', 'Where am I?']);
});
