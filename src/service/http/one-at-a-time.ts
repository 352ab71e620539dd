import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type Handle = (request: IncomingMessage, answer: ServerResponse) => void;

/**
 * A connection has one call at a time. Of those that come before its answer (pipelining, which no client does unless it is
 * told to), one waits, and with a second one the connection is ended: thousands of them fit into one packet, and Node tells
 * no end of those whose turn never came, so that they were answered to nobody and kept for ever.
 */
export function oneAtATime(handle: Handle): Handle {
  const calls = new WeakMap<Socket, { answer: ServerResponse; hasNext: boolean }>();
  return (request, answer) => {
    const { socket } = request;
    const before = calls.get(socket);
    const begin = () => {
      calls.set(socket, { answer, hasNext: false });
      handle(request, answer);
    };
    if (before === undefined || before.answer.closed) return begin();
    if (before.hasNext) {
      socket.destroy();
      return;
    }
    before.hasNext = true;
    before.answer.once('close', () => {
      // Whoever stops the service ends it when what is written has gone out.
      if (socket.writable) begin();
    });
  };
}
