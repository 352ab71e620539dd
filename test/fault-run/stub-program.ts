// The AI service of a fault run: it gives back tokens, notes its calls, and does what it is told to do wrong.

import type { ServerResponse } from 'node:http';
import { type Behaviour, behaviours, startAiStub } from '../support/ai-stub.ts';
import { type Deliver, tokenAnswers } from '../support/history/token-answers.ts';
import { createRandom } from '../support/random.ts';
import { NoteFile, obey, tell } from './child.ts';

/** What is done to calls, but for `well` and `down`. */
const TROUBLES = {
  /** Longer than an attempt may take. */
  slow: () => behaviours.delayed(8_000),
  resetting: () => random.pick(RESETS),
  'too many requests': () => behaviours.status(429, { retryAfter: '1' }),
  failing: () => random.pick([behaviours.status(500), behaviours.status(502), behaviours.status(503)]),
  html: () => behaviours.raw('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } }),
  huge: () => sendHuge,
  'a byte a second': () => behaviours.trickle(1_000),
  'wrong lengths': () => random.pick([behaviours.tooLongLength(), behaviours.tooShortLength()]),
} satisfies Record<string, () => Behaviour>;

export type AiMode = 'well' | 'down' | keyof typeof TROUBLES;

const HUGE_BYTES = 100 * 2 ** 20;
const PIECE = Buffer.alloc(2 ** 16, 'x');
const RESETS = [
  behaviours.resetBeforeHeaders(),
  behaviours.resetInHeaders(),
  behaviours.resetInBody(),
  behaviours.closeInBody(),
];
/** The stub keeps what it was called with, which in an hour is too much. */
const FORGET_EVERY_MS = 5_000;

const { seed } = JSON.parse(process.argv[2] ?? '{}') as { readonly seed: number };
const random = createRandom(seed);
const notes = new NoteFile();
const stub = await startAiStub();
let mode: AiMode = 'well';

const deliver: Deliver = (answer, call, response) => {
  const isTroubled = mode !== 'well' && mode !== 'down' && random.chance(0.7);
  const behaviour = isTroubled ? TROUBLES[mode as keyof typeof TROUBLES]() : answer;
  behaviour(call, response);
};
const answers = tokenAnswers((call) => notes.add(call), deliver);
behave();
setInterval(behave, FORGET_EVERY_MS).unref();

obey({
  noteIn: ({ file }: { readonly file: string }) => notes.turnTo(file),
  /** From now on, until it is told otherwise. */
  async be({ mode: wanted }: { readonly mode: AiMode }) {
    mode = wanted;
    if (mode === 'down') await stub.goDown();
    else await stub.comeBack();
  },
  write: () => notes.write(),
});
tell({ url: stub.url });

function behave(): void {
  stub.clear();
  stub.behaveAlways(answers);
}

/** As fast as it is taken. */
function sendHuge(_call: unknown, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': HUGE_BYTES });
  let sent = 0;
  const more = () => {
    while (sent < HUGE_BYTES && !response.destroyed) {
      sent += PIECE.length;
      if (!response.write(PIECE)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}
