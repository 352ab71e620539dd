import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { type LivePersonaBook, openPersonas } from './persona-reload.ts';

const GOOD = `
name: Tester
role: tester
place: Izlude
language: en
greeting: ["Hm?"]
rules: [{ name: one, patterns: ["hello"], answers: ["Hello."] }]
fallback: ["No idea."]
`;

let folder = '';
let book: LivePersonaBook;
const logged: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line) => logged.push(line) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'personas-'));
  await writeFile(join(folder, 'tester.yaml'), GOOD);
  book = await openPersonas(folder, { clock: systemClock, logger });
  logged.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a live persona book', () => {
  it('takes up a file that changes, comes or goes, without being asked', async () => {
    await book.start();
    try {
      await writeFile(join(folder, 'tester.yaml'), GOOD.replace('No idea.', 'Changed.'));
      await expect.poll(() => book.find('tester').fallback).toEqual(['Changed.']);
      await writeFile(join(folder, 'other.yaml'), GOOD.replace('Tester', 'Other'));
      await expect.poll(() => book.find('other').name).toBe('Other');
      await rm(join(folder, 'tester.yaml'));
      await expect.poll(() => book.find('tester').id).toBe('neutral');
    } finally {
      await book.stop();
    }
  });

  it('keeps the last good version of a file that is broken, and says so once', async () => {
    await writeFile(join(folder, 'tester.yaml'), 'name: [');
    await book.refresh();
    await book.refresh();
    expect(book.find('tester').fallback).toEqual(['No idea.']);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('tester.yaml');
    await writeFile(join(folder, 'tester.yaml'), GOOD.replace('No idea.', 'Mended.'));
    await book.refresh();
    expect(book.find('tester').fallback).toEqual(['Mended.']);
  });

  it('keeps the book when two files claim one name, and when the folder is gone', async () => {
    await writeFile(join(folder, 'twin.yaml'), GOOD);
    await book.refresh();
    expect(book.find('twin').id).toBe('neutral');
    await rm(folder, { recursive: true });
    await book.refresh();
    // Told once, not each second.
    await book.refresh();
    expect(book.find('tester').id).toBe('tester');
    expect(logged).toHaveLength(2);
  });

  it('takes up a file that looks as old and as long as before, as after cp -p or a chmod', async () => {
    const path = join(folder, 'tester.yaml');
    const written = async (text: string) => {
      await writeFile(path, text);
      await utimes(path, 1_700_000_000, 1_700_000_000);
      await book.refresh();
      return book.find('tester').fallback;
    };
    expect(await written(GOOD.replace('No idea.', 'My idea.'))).toEqual(['My idea.']);
    expect(await written(GOOD)).toEqual(['No idea.']);
  });

  it('does not take up a file so large that players would wait for it', async () => {
    await writeFile(join(folder, 'tester.yaml'), `${GOOD}#${'x'.repeat(1_048_576)}`);
    await book.refresh();
    expect(book.find('tester').fallback).toEqual(['No idea.']);
    expect(logged).toEqual([expect.stringMatching(/tester\.yaml has more than 1048576 bytes/)]);
  });

  it('is not opened on a broken file', async () => {
    await writeFile(join(folder, 'tester.yaml'), 'name: [');
    await expect(openPersonas(folder, { clock: systemClock, logger })).rejects.toMatchObject({
      code: 'persona_invalid',
    });
  });
});

describe('a persona that names a model server which is not set', () => {
  const withServer = (name: string) => `${GOOD}model_settings: {server: ${name}}\n`;
  const open = () => openPersonas(folder, { clock: systemClock, logger, servers: ['default', 'quests'] });

  it('is told at the start, with file, key and the name that was meant', async () => {
    await writeFile(join(folder, 'tester.yaml'), withServer('qests'));
    await open();
    expect(logged).toHaveLength(1);
    const { reason, path } = JSON.parse(logged[0] ?? '') as { reason: string; path: string };
    expect(path).toBe(join(folder, 'tester.yaml'));
    expect(reason).toBe(
      `The persona file ${path}: model_settings.server: "qests" is no model server. ` +
        'Did you mean quests? There are default, quests (ai_service.models, AI_MODELS).',
    );
  });

  it('is told at each change, and taken up all the same', async () => {
    await writeFile(join(folder, 'tester.yaml'), withServer('quests'));
    const live = await open();
    expect(logged).toEqual([]);
    await writeFile(join(folder, 'tester.yaml'), withServer('another'));
    await live.refresh();
    await live.refresh();
    expect(logged).toHaveLength(1);
    expect(live.find('tester').model_settings.server).toBe('another');
  });
});
