import { isEnded } from '../../../src/queue/request.ts';
import type { Rule } from './story.ts';
import { answerNoIn, tokenIn } from './tables.ts';

const ENDS = ['completed', 'failed', 'timeout', 'cancelled'];

/** Whatever was accepted is there, and ends once, as its log tells. */
export const oneEnd: Rule = ({ row, log }) => {
  if (row === undefined) return ['somebody was told this id, and there is no such request'];
  const ends = log.map(({ event }) => event).filter((event) => ENDS.includes(event));
  if (!isEnded(row.status))
    return ends.length === 0 ? [] : [`it is ${row.status}, though its log tells the end ${ends.join(', ')}`];
  if (ends.length !== 1)
    return [`it is ${row.status}, and its log tells ${ends.length} ends: ${ends.join(', ')}`];
  return ends[0] === row.status ? [] : [`it is ${row.status}, and its log says ${ends[0]}`];
};

/** A response for each that completed, failed or timed out, and none for one that was cancelled or has not ended. */
export const oneResponse: Rule = ({ row, responses }) => {
  if (row === undefined) return responses.length === 0 ? [] : ['it is gone, and has a response'];
  const wanted = isEnded(row.status) && row.status !== 'cancelled' ? 1 : 0;
  if (responses.length !== wanted) return [`it is ${row.status}, and has ${responses.length} responses`];
  const [response] = responses;
  if (response === undefined) return [];
  const isAnswer = response.data !== null && response.error === null;
  const isReason = response.data === null && response.error !== null;
  return (row.status === 'completed' ? isAnswer : isReason)
    ? []
    : [
        `it is ${row.status}, and its response has ${response.data === null ? 'no data' : 'data'} and ${response.error === null ? 'no reason' : 'a reason'}`,
      ];
};

/** An answer is the AI service's own, to a call for this request. */
export const ownAnswer: Rule = ({ row, responses, calls }) => {
  const [response] = responses;
  if (row === undefined || response === undefined || response.data === null) return [];
  const token = tokenIn(response.data);
  if (token !== row.token) return [`it asked ${row.token}, and its answer is to ${token}`];
  const answerNo = answerNoIn(response.data);
  return calls.some((call) => call.answerNo === answerNo)
    ? []
    : [`its answer is number ${answerNo}, which was given to no call for it`];
};

/** What a cancel that returned 1 has ended stays without an answer. */
export const cancelledForGood: Rule = ({ row, responses, log, ask }) => {
  const isCancelled = ask?.told.some((word) => word.kind === 'cancel' && word.isCancelled) ?? false;
  if (!isCancelled || row === undefined) return [];
  const hasAnswer = responses.some(({ data }) => data !== null);
  const isCompleted = log.some(({ event }) => event === 'completed');
  if (row.status === 'cancelled' && !hasAnswer && !isCompleted) return [];
  return [`a cancel returned 1, and it is ${row.status}${hasAnswer ? ' with an answer' : ''}`];
};
