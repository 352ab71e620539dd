import type { ServerResponse } from 'node:http';

export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param?: string;
}

/** {"error": {message, type, param, code}}, as the public documentation gives it. */
export function sendError(response: ServerResponse, { status, code, message, param }: Refused): void {
  const type = status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error';
  send(response, status, { error: { message, type, param: param ?? null, code } });
}

interface Streamed {
  readonly base: Readonly<Record<string, unknown>>;
  readonly content: string;
  readonly finish: string;
  readonly usage: unknown;
}

/** Letters that come a few at a time, as from a server. What follows comes in longer pieces: of 3,000 letters each piece costs. */
const IN_SHORT = 200;

function piecesOf(text: string, length: number): string[] {
  const count = Math.ceil(text.length / length);
  return Array.from({ length: count }, (_, at) => text.slice(at * length, (at + 1) * length));
}

/** As servers stream: the role first, the text in pieces, why it ended, and what it cost where that was asked for. */
export function sendStream(response: ServerResponse, { base, content, finish, usage }: Streamed): void {
  const piece = (delta: unknown, reason: string | null = null) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  });
  const texts = [...piecesOf(content.slice(0, IN_SHORT), 7), ...piecesOf(content.slice(IN_SHORT), 70)];
  const pieces: unknown[] = [
    piece({ role: 'assistant', content: '', refusal: null }),
    ...texts.map((text) => piece({ content: text })),
    piece({}, finish),
    ...(usage === undefined ? [] : [{ ...base, object: 'chat.completion.chunk', choices: [], usage }]),
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_stub' });
  for (const one of pieces) response.write(`data: ${JSON.stringify(one)}\n\n`);
  response.end('data: [DONE]\n\n');
}

export function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': 'req_stub',
  });
  response.end(body);
}
