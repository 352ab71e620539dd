import { type Behaviour, behaviours } from '../ai-stub.ts';
import type { CallNote } from './notes.ts';
import { tokenIn } from './tables.ts';

/** What becomes of the answer that is ready: it is sent, or something else is done in its place. */
export type Deliver = (send: Behaviour, ...call: Parameters<Behaviour>) => void;

/**
 * An AI service that gives back the token of each request, and a number that no two answers share. `/slow/MS` takes so long,
 * `/once` fails at the first attempt, all others answer at once. `note` hears of each call when it is answered or refused.
 */
export function tokenAnswers(note: (call: CallNote) => void, deliver: Deliver = send): Behaviour {
  let answers = 0;
  return (call, response) => {
    const noted = {
      token: tokenIn(call.body) ?? '',
      key: call.idempotencyKey ?? '',
      attempt: Number(call.headers['x-ai-ipc-attempt']),
      atMs: Date.now(),
    };
    const isFailing = call.path === '/once' && noted.attempt === 1;
    const answerNo = isFailing ? null : ++answers;
    note({ ...noted, answerNo });
    const answer = isFailing
      ? behaviours.status(500)
      : behaviours.json({ text: `Hello, ${noted.token}.`, token: noted.token, answer_no: answerNo });
    const [, slowMs] = /^\/slow\/(\d+)$/.exec(call.path) ?? [];
    deliver(slowMs === undefined ? answer : behaviours.delayed(Number(slowMs), answer), call, response);
  };
}

function send(answer: Behaviour, ...[call, response]: Parameters<Behaviour>): void {
  answer(call, response);
}
