import { expect, it } from 'vitest';
import { loadPersonas } from '../persona/persona-book.ts';
import { NOTHING, type Turn } from '../talk/recollection.ts';
import { createOfflineMind } from './offline-mind.ts';

const book = await loadPersonas();
const turns: readonly Turn[] = [{ said: 'Nice weather.', answered: 'It is.' }];

it('the offline brain quotes what was recalled of older talks, where it bears on the question', async () => {
  const persona = book.find(null);
  const { text } = await createOfflineMind(book).speak(
    {
      ...{ persona, npcId: persona.id, playerId: 1, player: null, location: null, options: [] },
      ...{ message: 'What did I tell you about my sister?', language: 'en', maxCharacters: 400 },
      recollection: { ...NOTHING, turns, recalled: ['My sister Mina is a priest.', 'My sister has a cat.'] },
    },
    new AbortController().signal,
  );
  expect(text).toContain('My sister Mina is a priest.');
});
