import { describe, expect, it } from 'vitest';
import { ANSWER_FORMS, completionOf } from '../../../test/support/answer-forms/all.ts';
import { type AnswerForm, NPC, OURS, PLAYER, SECRET } from '../../../test/support/answer-forms/form.ts';
import { Gathering } from '../../providers/gathering.ts';
import { toMessage } from '../../reading/message.ts';
import { readMessage } from '../../reading/read-message.ts';
import { cleanModelAnswer } from '../answer/clean-model-answer.ts';

const ASKED = {
  form: { fields: ['text', 'emotion', 'action'], needs: 'text' },
  names: { npc: [NPC], player: [PLAYER] },
} as const;

/** What is said of a form, by the reading and the cleaning behind it. */
function wordsOf(form: AnswerForm): string | null {
  const gathering = new Gathering();
  gathering.add(completionOf(form));
  const reading = readMessage(toMessage(gathering.end()), ASKED);
  if (reading.kind === 'nothing') return null;
  const said = reading.kind === 'words' ? reading.words : String(reading.fields['text']);
  return cleanModelAnswer(said, { isCut: reading.isCut }) || null;
}

describe('the words of each form', () => {
  it.each(ANSWER_FORMS.map((form) => [form.from, form] as const))('%s', (_, form) => {
    expect(wordsOf(form)).toBe(form.says);
  });
});

describe('the forms', () => {
  it('are at least 200, each once, each with where it is documented or was seen', () => {
    const seen = ANSWER_FORMS.filter(({ source }) => source !== OURS);
    expect(seen.length).toBeGreaterThanOrEqual(200);
    expect(seen.filter(({ source }) => source.startsWith('https://')).length).toBeGreaterThanOrEqual(150);
    const keys = ANSWER_FORMS.map(({ from, content, reasoning }) =>
      JSON.stringify([from, content, reasoning]),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('never have a thought in their words', () => {
    expect(ANSWER_FORMS.filter(({ says }) => says?.toLowerCase().includes(SECRET))).toEqual([]);
  });
});
