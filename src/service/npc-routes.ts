import type { Hono } from 'hono';
import type { z } from 'zod';
import { readBody } from './body.ts';
import { type Answer, REQUESTS } from './contract.ts';
import { DEFAULT_ACTIONS } from './decision.ts';
import { toErrorResponse, toJsonResponse } from './http-error.ts';
import type { PersonaBook } from './persona-book.ts';
import type { Provider, Speakers } from './providers/provider.ts';
import { textOf } from './situation.ts';

/** What the NPC endpoints answer from. */
export interface Mind {
  readonly provider: Provider;
  readonly personas: PersonaBook;
}

/** The worker sends the script's NPC here, percent-encoded. */
const SOURCE_NPC_HEADER = 'X-AI-IPC-Source-Npc';
/** Which persona spoke: an npc_id that no persona has is answered by neutral. */
const PERSONA_HEADER = 'X-AI-IPC-Persona';

type Body<Name extends keyof typeof REQUESTS> = z.infer<(typeof REQUESTS)[Name]>;

/** Adds dialogue, decide (also decision) and emotion. */
export function addNpcRoutes(app: Hono, mind: Mind): void {
  app.post('/api/v1/npc/dialogue', ({ req }) => {
    return answer(req.raw, { mind, schema: REQUESTS.dialogue, handle: talk });
  });
  app.on('POST', ['/api/v1/npc/decide', '/api/v1/npc/decision'], ({ req }) => {
    return answer(req.raw, { mind, schema: REQUESTS.decide, handle: decide });
  });
  app.post('/api/v1/npc/emotion', ({ req }) => {
    return answer(req.raw, { mind, schema: REQUESTS.emotion, handle: feel });
  });
}

interface Endpoint<Schema extends z.ZodType> {
  readonly mind: Mind;
  readonly schema: Schema;
  handle(provider: Provider, body: z.infer<Schema>, speakers: Speakers): Promise<unknown>;
}

type WithIds = z.ZodType<{ npc_id: string | number | null; player_id: string | number | null }>;

async function answer<Schema extends WithIds>(
  request: Request,
  { mind, schema, handle }: Endpoint<Schema>,
): Promise<Response> {
  const read = await readBody(request, schema);
  if ('refusal' in read) return toErrorResponse(read.refusal);
  const npcId = read.body.npc_id ?? sourceNpcOf(request);
  const persona = mind.personas.find(npcId);
  const speakers = { persona, npcId, playerId: read.body.player_id };
  return toJsonResponse(await handle(mind.provider, read.body, speakers), {
    headers: { [PERSONA_HEADER]: encodeURIComponent(persona.id) },
  });
}

async function talk(
  provider: Provider,
  body: Body<'dialogue'>,
  speakers: Speakers,
): Promise<Answer<'dialogue'>> {
  const startMs = performance.now();
  const { text, emotion } = await provider.speak({ ...speakers, message: body.message });
  return {
    npc_id: npcIdOf(speakers),
    player_id: speakers.playerId,
    text,
    response: text,
    emotion,
    provider: provider.name,
    latency_ms: Math.round((performance.now() - startMs) * 100) / 100,
  };
}

async function decide(
  provider: Provider,
  body: Body<'decide'>,
  speakers: Speakers,
): Promise<Answer<'decide'>> {
  const actions = body.actions.length > 0 ? body.actions : DEFAULT_ACTIONS;
  const { action, reason, confidence } = await provider.decide({
    ...speakers,
    context: body.context,
    actions,
  });
  return { npc_id: npcIdOf(speakers), action, reason, confidence };
}

async function feel(
  provider: Provider,
  body: Body<'emotion'>,
  speakers: Speakers,
): Promise<Answer<'emotion'>> {
  const { emotion, intensity, valence } = await provider.feel({ ...speakers, event: textOf(body.event) });
  return { npc_id: npcIdOf(speakers), emotion, intensity, valence };
}

/** As the caller named the NPC; the persona's id when nobody did. */
function npcIdOf({ npcId, persona }: Speakers): string | number {
  return npcId ?? persona.id;
}

function sourceNpcOf(request: Request): string | null {
  const encoded = request.headers.get(SOURCE_NPC_HEADER)?.trim();
  if (!encoded) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not every client encodes: "50% off" is a name too.
    return encoded;
  }
}
