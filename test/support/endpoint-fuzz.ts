import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type AiCall, type AiClient, type AiResult, createAiClient } from '../../src/ai/ai-client.ts';
import { endpointFault } from '../../src/base/endpoint.ts';
import { callTo } from './ai-stub.ts';
import { ENDPOINT_CORPUS, ENDPOINT_PIECES, OTHER } from './endpoint-corpus.ts';

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
}

export interface FuzzReport {
  /** Those that the rules let pass, each of which was called. */
  readonly called: number;
  readonly refused: number;
  /** At most so many as are of use to a person. */
  readonly faults: readonly string[];
}

const PREFIX = '/ai/v1';
/** So many calls at once: one after the other would wait for the network most of the time. */
const LANES = 16;
const MOST_FAULTS = 20;
const MOST_TRIES = 10;
const NUMBER_HEADER = 'x-fuzz-case';

/**
 * Gives endpoints of every kind to the worker's own AI client, each of which the rules refuse, or which comes to the
 * configured service, there only, below its path and exactly as it was written. The same seed gives the same cases.
 */
export async function fuzzEndpoints({ cases, seed }: FuzzOptions): Promise<FuzzReport> {
  const seen = new Map<number, string>();
  const service = createServer((request, response) => {
    seen.set(Number(request.headers[NUMBER_HEADER]), request.url ?? '');
    request.resume().on('end', () => response.writeHead(200, { 'content-length': 2 }).end('{}'));
  });
  let strangers = 0;
  const elsewhere = createTcpServer((socket) => {
    strangers += 1;
    socket.destroy();
  });
  const origin = `http://127.0.0.1:${await listening(service)}`;
  const endpointOf = casesOf(seed, `127.0.0.1:${await listening(elsewhere)}`);
  const client = createAiClient({
    baseUrl: origin + PREFIX,
    ...{ headers: {}, maxResponseBytes: 1_024, connections: LANES },
  });
  const faults: string[] = [];
  let [next, called] = [0, 0];

  async function run(): Promise<void> {
    while (next < cases && faults.length < MOST_FAULTS) {
      const number = next++;
      const endpoint = endpointOf(number);
      const isAllowed = endpointFault(endpoint) === undefined;
      const result = await callUntilHeard(client, {
        ...callTo(endpoint),
        headers: { [NUMBER_HEADER]: `${number}` },
      });
      const path = seen.get(number);
      seen.delete(number);
      if (path !== undefined) called += 1;
      const fault = faultOf({ endpoint, isAllowed, kind: result.kind, path, origin });
      if (fault !== undefined) faults.push(`case ${number}, ${JSON.stringify(endpoint)}: ${fault}`);
    }
  }

  try {
    await Promise.all(Array.from({ length: LANES }, run));
    if (strangers > 0) faults.push(`another server was reached ${strangers} times`);
    if (seen.size > 0) faults.push(`the service was called ${seen.size} times without a case`);
    return { called, refused: next - called, faults };
  } finally {
    await client.close();
    for (const server of [service, elsewhere]) await closed(server);
  }
}

/** A call that starves on a busy machine says nothing of its endpoint. */
async function callUntilHeard(client: AiClient, call: AiCall): Promise<AiResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await client.call(call);
    if (result.kind !== 'trouble' || tries === MOST_TRIES) return result;
  }
}

interface Outcome {
  readonly endpoint: string;
  readonly isAllowed: boolean;
  readonly kind: string;
  /** As it came to the service; undefined where it did not. */
  readonly path: string | undefined;
  readonly origin: string;
}

function faultOf({ endpoint, isAllowed, kind, path, origin }: Outcome): string | undefined {
  if (!isAllowed)
    return path === undefined && kind === 'refused' ? undefined : `was called (${kind}), though refused`;
  if (path !== PREFIX + endpoint) return `came as ${JSON.stringify(path)} (${kind})`;
  return leaving(endpoint, origin);
}

/** How an endpoint could be read as another place than a path below that of the service; undefined when it cannot. */
export function leaving(endpoint: string, origin: string): string | undefined {
  const whole = origin + PREFIX + endpoint;
  if (!URL.canParse(whole)) return 'put behind the base address, it is no address';
  const { href } = new URL(whole);
  if (!href.startsWith(`${origin}${PREFIX}/`)) return `put behind the base address, it is ${href}`;
  // As clients do that join addresses by the rules of links.
  if (!URL.canParse(endpoint, origin)) return 'resolved, it is no address';
  if (new URL(endpoint, origin).origin !== origin) return 'resolved, it is another origin';
  const path = decoded(endpoint);
  return STEPS_UP.test(path) ? `decoded once more by a proxy, it is ${path}` : undefined;
}

/** Or two slashes in front, behind which a host may stand. */
const STEPS_UP = /^[/\\]{2}|(?:^|[/\\])\.\.(?:[/\\?]|$)/;

/** Escapes of visible ASCII alone: what else is encoded ends a path nowhere. */
function decoded(endpoint: string): string {
  return endpoint.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The corpus first, then what is made of it and of its pieces. */
function casesOf(seed: number, other: string): (number: number) => string {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const oneOf = (list: readonly string[]) => list[below(list.length)] ?? '';
  const pieces = () => Array.from({ length: below(6) }, () => oneOf(ENDPOINT_PIECES)).join('');
  const ways: readonly (() => string)[] = [
    () => `/${pieces()}`,
    () => mutated(oneOf(ENDPOINT_CORPUS)),
    () => mutated(`/api/v1/npc/dialogue?npc=${below(1_000)}`),
    () => `/${plain()}/${plain()}?${plain()}=${plain()}`,
    () => String.fromCodePoint(...Array.from({ length: below(12) }, () => below(0x11_0000))),
  ];
  const plain = () =>
    random()
      .toString(36)
      .slice(2, 3 + below(10));

  /** With something put in, taken out, or said in another way at any place. */
  function mutated(text: string): string {
    const at = below(text.length + 1);
    const [head, tail] = [text.slice(0, at), text.slice(at)];
    const mutations: readonly (() => string)[] = [
      () => head + oneOf(ENDPOINT_PIECES) + tail,
      () => head + tail.slice(1),
      () => head + tail.slice(0, 1).repeat(2 + below(3)) + tail.slice(1),
      () => head + encodeBytes(tail.slice(0, 1)) + tail.slice(1),
      () => tail + head,
      () => head + String.fromCharCode(below(256)) + tail,
      () => text.toUpperCase(),
    ];
    const made = mutations[below(mutations.length)]?.() ?? text;
    return below(3) === 0 ? mutated(made) : made;
  }

  return (number) => {
    const text = ENDPOINT_CORPUS[number] ?? ways[below(ways.length)]?.() ?? '';
    return text.replaceAll(OTHER, other);
  };
}

function encodeBytes(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Mulberry32: the same numbers for the same seed, everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
