import { describe, expect, it } from 'vitest';
import { recollect } from '../../src/mind/memory/fold.ts';
import { speakPrompt } from '../../src/mind/model/prompt.ts';
import { loadPersonas } from '../../src/mind/persona/persona-book.ts';
import type { PlayerLine } from '../../src/mind/talk/mind.ts';
import { LINES, lastOfTalk } from './lines.ts';
import { RECALL_LINES } from './recall-lines.ts';

/** With the line that tells the name one more than stay word for word: the oldest go into the summary. */
const TALKS_LATER = 28;
const book = await loadPersonas();

describe.each(LINES)('a name that was told long ago, in %s', (language, { names, everyday }) => {
  const { talk: said } = RECALL_LINES.find((lines) => lines.language === language)!;
  const talks = Array.from({ length: TALKS_LATER }, (_, at) => said[at % said.length]!);
  const askName = everyday.find(({ intent }) => [intent].flat().includes('ask-name'))!;
  const told = names.flatMap(({ said, name }) => (name === null ? [] : [{ said, name }]));

  it('has lines that tell one', () => {
    expect(told.length).toBeGreaterThan(3);
  });

  it.each(told)('is in the summary and the prompt: $said', ({ said, name }) => {
    const recollection = recollect([said, ...talks].map((one) => ({ said: one, answered: '…' })));
    expect(recollection.turns.map((turn) => turn.said)).not.toContain(said);
    expect(recollection.summary?.toLowerCase()).toContain(name.toLowerCase());
    const line: PlayerLine = {
      ...{ persona: book.find('sage-of-prontera'), npcId: 'sage', playerId: 7, message: askName.said },
      ...{ player: null, location: null, options: [], language, maxCharacters: 400, recollection },
    };
    const { earlier } = JSON.parse(speakPrompt(line).user) as { earlier: { summary: string } };
    expect(earlier.summary.toLowerCase()).toContain(name.toLowerCase());
  });

  it.each(told)('is what an NPC calls the player: $said', async ({ said, name }) => {
    const answered = await lastOfTalk(book, {
      npc: book.find(null),
      before: [said, ...talks],
      last: askName,
    });
    expect(answered).toMatchObject({ isRight: true, text: expect.stringContaining(name) });
  });
});
