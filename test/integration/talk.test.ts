import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runCli, startCli, startOnTerminal, useCli } from '../support/cli-process.ts';
import { startModelStub } from '../support/model-stub.ts';

useCli();

const GOOD = `
name: Tester
role: tester
place: Izlude
language: en
greeting: ["Hm?"]
rules:
  - { name: one, patterns: ["hello"], answers: ["Hello."] }
fallback: ["No idea."]
`;

describe('ai-ipc talk', () => {
  it('answers each line of a pipe, remembers what was said, and ends with it', async () => {
    const talk = startCli(['talk', 'sage', '--explain', '--level', '12']);
    talk.type('My name is Zoë\nWhat is my name?\n\nWhere should I level?\n/forget\nWhat is my name?\n');
    talk.endInput();
    const { exitCode, stdout, stderr } = await talk.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const answers = stdout.split('\n').filter((line) => /^Sage of Prontera \(/.test(line));
    expect(answers).toHaveLength(4);
    expect(answers[0]).toContain('[rule player-name]');
    expect(answers[1]).toContain('Zoë');
    expect(answers[2]).toContain('evel 12');
    expect(answers[3]).not.toContain('Zoë');
    expect(stdout).toContain('(Sage of Prontera has forgotten you.)');
  });

  it('is a talk on a terminal, which /quit ends', async () => {
    const talk = startOnTerminal(['talk', 'innkeeper-of-prontera']);
    await talk.waitForOutput(/You: /);
    talk.type('hello\n');
    await talk.waitForOutput(/Innkeeper of Prontera.*:/);
    talk.type('/quit\n');
    expect((await talk.ended).exitCode).toBe(0);
  });

  it('takes up a persona file that changes, and keeps the last good one', async () => {
    const folder = newFolder();
    const file = join(folder, 'tester.yaml');
    writeFileSync(file, GOOD);
    const talk = startCli(['talk', 'tester', '--personas', folder]);
    talk.type('hello\n');
    await talk.waitForOutput(/: Hello\./);
    writeFileSync(file, GOOD.replace('Hello.', 'Welcome!'));
    talk.type('hello\n');
    await talk.waitForOutput(/: Welcome!/);
    writeFileSync(file, GOOD.replace('role: tester', ''));
    talk.type('xyzzy\n');
    await talk.waitForOutput(/: No idea\./);
    talk.endInput();
    const { exitCode, stderr } = await talk.ended;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /version before stays\.\nThe persona file \S+tester\.yaml cannot be used:\n {2}role: is missing/,
    );
  });

  it('tells what a persona reveals only where --reveals names it, and refuses a name that is not there', async () => {
    const folder = newFolder();
    const reveals = 'reveals: [{name: gate, text: "Three knocks open the gate.", patterns: ["gate"]}]';
    writeFileSync(join(folder, 'tester.yaml'), `${GOOD}${reveals}\n`);
    const say = async (...more: string[]) => {
      const talk = startCli(['talk', 'tester', '--personas', folder, '--explain', ...more]);
      talk.type('How does the gate open?\n');
      talk.endInput();
      return await talk.ended;
    };
    expect((await say()).stdout).toContain('[fallback]: No idea.');
    expect((await say('--reveals', 'gate')).stdout).toContain('[reveal gate]: Three knocks open the gate.');
    const refused = await say('--reveals', 'gate, door');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('Tester has no reveal "door": it has gate.');
  });

  it('keeps a slashed word that it does not know from the NPC', async () => {
    const talk = startCli(['talk', 'sage']);
    talk.type('/forgte\n/o/\n');
    talk.endInput();
    const { stdout } = await talk.ended;
    expect(stdout).toContain('(There is no /forgte: /forget and /quit are all.)');
    expect(stdout.match(/^You: .*$/gm)).toEqual(['You: /o/']);
  });

  it('shows how an answer of the model was read with --show-reading', async () => {
    const model = await startModelStub();
    model.write('<think>He is tired.</think>{"text": "Come in.", "emotion": "calm"}\n\u001b[2JUser: Thanks!');
    const env = { AI_PROVIDER_URL: model.url, AI_MODEL: 'tiny' };
    const talk = startCli(['talk', 'sage', '--show-reading'], { env });
    talk.type('hello\n');
    await talk.waitForOutput(/Sage of Prontera \(calm\): Come in\./);
    model.write('<think>He is tired.', 'length');
    talk.type('hello?\n');
    talk.endInput();
    const { stdout } = await talk.ended;
    await model.close();
    expect(stdout).toContain(`  [the model wrote]
    <think>He is tired.</think>{"text": "Come in.", "emotion": "calm"}
    \\u{1b}[2JUser: Thanks!
  [taken by this evidence: text after closed thoughts, JSON as asked]
    {"text":"Come in.","emotion":"calm"}
  [left out: thoughts]
    He is tired.
  [left out: around the object]
    User: Thanks!
`);
    expect(stdout).toContain(`  [nothing was taken]
    It is nothing but thoughts that have no end, and was cut at max_tokens.
  [left out: thoughts]
    He is tired.
`);
    expect(stdout).toContain('Raise max_tokens in the model_settings of the persona');
  });

  it('names --offline when the model does not answer', async () => {
    const env = { AI_PROVIDER_URL: 'http://127.0.0.1:2/v1', AI_MODEL: 'gone' };
    const talk = startCli(['talk', 'sage'], { env });
    talk.type('hello\n');
    talk.endInput();
    expect((await talk.ended).stdout).toMatch(/has no answer\. model_failed: .*\n.*--offline/);
  });

  it('tells which personas there are when nobody has the name', async () => {
    const { exitCode, stderr } = await runCli(['talk', 'nobody']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/ERROR bad_argument: There is no persona "nobody".*guard-of-prontera/);
  });

  it.each([
    ['--level', '0'],
    ['--max-chars', 'many'],
    ['--seed', '-1'],
  ])('refuses %s %s', async (option, value) => {
    const { exitCode, stderr } = await runCli(['talk', 'sage', `${option}=${value}`]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Give a whole number');
  });
});

describe('ai-ipc persona check', () => {
  it('lists the personas of the package', async () => {
    const { exitCode, stdout } = await runCli(['persona', 'check']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('All 7 personas can be used.');
    expect(stdout).toMatch(/kafra-employee.*Kafra Employee/);
    expect(
      stdout
        .split('\n')
        .slice(1)
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it('checks the folder of AI_PERSONAS, and a file that is named', async () => {
    const folder = newFolder();
    const file = join(folder, 'tester.yaml');
    writeFileSync(file, GOOD);
    const ofSettings = await runCli(['persona', 'check'], { env: { AI_PERSONAS: folder } });
    expect(ofSettings.stdout).toMatch(/^tester: Tester, tester\n(.*\n)+All 2 personas can be used\.\n$/m);
    const ofFile = await runCli(['persona', 'check', file]);
    expect(ofFile).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/tester: .*\n.*\nIt can be/) });
    writeFileSync(file, '');
    const empty = await runCli(['persona', 'check', file]);
    expect(empty).toMatchObject({ exitCode: 78, stderr: expect.stringContaining('tester.yaml is empty') });
  });

  it('names file and key of each mistake in a folder', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'good.yaml'), GOOD);
    writeFileSync(join(folder, 'a.yaml'), GOOD.replace('role: tester', ''));
    writeFileSync(join(folder, 'b.yaml'), 'name: [');
    const { exitCode, stderr, stdout } = await runCli(['persona', 'check', folder]);
    expect(exitCode).toBe(78);
    expect(stdout).toContain('good');
    expect(stderr).toMatch(/a\.yaml cannot be used:\n {2}role: is missing/);
    expect(stderr).toContain('b.yaml is not YAML');
  });

  it('finds two personas of one name, and a folder without any', async () => {
    const folder = newFolder();
    expect((await runCli(['persona', 'check', folder])).stderr).toContain('has no .yaml file');
    for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.yaml`), GOOD);
    const { exitCode, stderr } = await runCli(['persona', 'check', folder]);
    expect(exitCode).toBe(78);
    expect(stderr).toContain('both answer to "tester"');
  });
});
