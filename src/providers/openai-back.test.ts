import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { failureOf, QUESTION, useProvider } from '../../test/support/provider-under-test.ts';
import { waitFor } from '../../test/support/wait-for.ts';

const provider = useProvider();
const signal = new AbortController().signal;
const said = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

it('a server that is back, and begins to answer, is asked by others before that answer has ended', async () => {
  const { stub, clock } = provider;
  const model = provider.connect();
  stub.fail((_call, response) => response.destroy());
  for (let call = 0; call < 10; call += 1) await failureOf(model.complete(QUESTION, signal));
  expect((await failureOf(model.complete(QUESTION, signal))).message).toContain('asked once a second');

  const begun: ServerResponse[] = [];
  stub.fail((_call, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(said('{"says": "The '));
    begun.push(response);
  });
  await clock.advance(1_000);
  let hasBegun = false;
  const slow = model.complete(QUESTION, signal, () => {
    hasBegun = true;
  });
  await waitFor(() => hasBegun, { what: 'the first word' });
  expect((await failureOf(model.complete(QUESTION, signal))).message).toContain('asked once a second');
  await clock.advance(500);

  stub.clear();
  stub.write('{"says": "By day."}');
  expect((await model.complete(QUESTION, signal)).text).toContain('By day.');
  begun[0]?.end(`${said('road is safe."}')}data: [DONE]\n\n`);
  expect((await slow).text).toContain('The road is safe.');
});
