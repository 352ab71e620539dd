import { isEnded, type RequestStatus } from '../../../src/queue/request.ts';
import type { Told } from './notes.ts';
import type { Rule, Story } from './story.ts';
import { answerNoIn, tokenIn } from './tables.ts';

/** How an error says that it does not know, beside its code. Any other one is taken at its word. */
const DOES_NOT_KNOW =
  /nobody (?:can|knows|could)|may (?:be|have)|cannot (?:know|tell)|not known|was known|unknown/i;

function doesNotKnow(code: string | null, message: string | null): boolean {
  return code === 'fate_unknown' || DOES_NOT_KNOW.test(message ?? '');
}

/** Whatever a client was told of its request agrees with the tables, or says that it cannot know. */
export const wordsAreTrue: Rule = (story) => {
  const { ask } = story;
  if (ask === undefined) return [];
  return [...ask.told.flatMap((word) => notTrue(word, story)), ...changedItsMind(ask.told)];
};

function notTrue(word: Told, story: Story): readonly string[] {
  switch (word.kind) {
    case 'accepted':
      return isItsOwn(word.id, story)
        ? []
        : [`${story.ask?.token} was told this id, which is ${story.row?.token}'s`];
    case 'refused':
      return story.row === undefined || doesNotKnow(word.code, word.message)
        ? []
        : [`it was told "${word.message}" (${word.code}), and is there`];
    case 'status':
      return statusIsFalse(word.status, story);
    case 'response':
      return word.text === '' || word.text === story.responses[0]?.data
        ? []
        : [`it was told the answer ${word.text}, and has ${story.responses[0]?.data ?? 'none'}`];
    case 'cancel':
      return cancelIsFalse(word.isCancelled, story);
    case 'end':
      return endIsFalse(word, story);
    case 'aborted':
      return abortIsFalse(word.message, story);
    case 'trouble':
      return [];
  }
}

function isItsOwn(id: number, { id: own, row, ask }: Story): boolean {
  // A row that is not there is told by another rule.
  return id === own && (row === undefined || row.token === ask?.token);
}

function statusIsFalse(told: RequestStatus | 'none', { row }: Story): readonly string[] {
  if (told === 'none') return row === undefined ? [] : ['it was told that there is no such request'];
  if (!isEnded(told) || row === undefined || row.status === told) return [];
  return [`it was told ${told}, and is ${row.status}`];
}

/** False is true of what ended otherwise, and of what an earlier cancel ended whose own answer was lost. */
function cancelIsFalse(isCancelled: boolean, { row, ask }: Story): readonly string[] {
  if (isCancelled || row === undefined || row.status !== 'cancelled') return [];
  const mayHaveCancelled = ask?.told.some(
    (word) =>
      (word.kind === 'cancel' && word.isCancelled) || (word.kind === 'trouble' && word.of === 'cancel'),
  );
  return mayHaveCancelled ? [] : ['its cancel returned 0, and it is cancelled'];
}

function endIsFalse(end: Extract<Told, { kind: 'end' }>, story: Story): readonly string[] {
  const { row } = story;
  const because = `${end.code}: ${end.message}`;
  if (end.id <= 0)
    return row === undefined || doesNotKnow(end.code, end.message)
      ? []
      : [`it was told "${because}" with no id, and is there`];
  if (row === undefined) return [];
  if (end.code === 'bad_id') return [`it was told "${because}", and is there as ${row.status}`];
  if (!isEnded(end.status)) return unendedIsFalse(end.code, story);
  if (end.status !== row.status) return [`it was told ${end.status} (${because}), and is ${row.status}`];
  return end.status === 'completed' ? answerIsFalse(end.answer, story) : [];
}

/** `expired` says that nobody ended it within its life; any other error, that it could not be looked at. */
function unendedIsFalse(code: string | null, { row, isClockSteady }: Story): readonly string[] {
  if (code !== 'expired' || row?.status !== 'completed' || !isClockSteady) return [];
  const isInTime = row.processedAtMs !== null && row.processedAtMs <= row.expiresAtMs;
  return isInTime ? ['it was told that nobody ended it within its life, and had completed in it'] : [];
}

function answerIsFalse(told: string | null, { responses }: Story): readonly string[] {
  const stored = responses[0]?.data ?? null;
  const isSame = tokenIn(told) === tokenIn(stored) && answerNoIn(told) === answerNoIn(stored);
  return isSame ? [] : [`it was told the answer ${told}, and has ${stored}`];
}

/** What an aborted `ask` says of its request. */
function abortIsFalse(message: string, { row }: Story): readonly string[] {
  if (row === undefined || doesNotKnow('aborted', message)) return [];
  const wrong = (found: string) => [`it was told "${message}", and is ${found}`];
  if (/is cancelled/.test(message)) return row.status === 'cancelled' ? [] : wrong(row.status);
  if (/had ended/.test(message)) return isEnded(row.status) ? [] : wrong(row.status);
  if (/was not stored|before anything was asked/.test(message)) return wrong(`there as ${row.status}`);
  if (/could not be cancelled/.test(message)) {
    const hasExpired = row.status === 'timeout' || row.status === 'failed';
    return hasExpired ? [] : wrong(row.status);
  }
  return [`it was told "${message}", of which nobody knows what it means`];
}

/** After an end, no other one and nothing open was told. */
function changedItsMind(told: readonly Told[]): string[] {
  let end: RequestStatus | undefined;
  for (const word of told) {
    if (word.kind === 'response' && word.text === '' && end === 'completed')
      return ['it was told completed, and then no answer'];
    if (word.kind !== 'status' || word.status === 'none') continue;
    if (end !== undefined && word.status !== end) return [`it was told ${end}, and then ${word.status}`];
    if (isEnded(word.status)) end = word.status;
  }
  return [];
}
