import { z } from 'zod';
import { ANSWERS, MAX_ID_CHARACTERS, REQUESTS, type RequestName } from '../base/contract.ts';
import { HTTP_ERRORS, type HttpErrorCode } from './http-error.ts';

/** A part of the description: JSON, put together here and never looked into. */
type Json = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const ANY_POST_ERRORS: readonly HttpErrorCode[] = [
  'bad_json',
  'bad_field',
  'unauthorized',
  'from_a_page',
  'body_too_slow',
  'key_reused',
  'body_too_large',
  'wrong_type',
  'strange_host',
  'overloaded',
  'model_busy',
  'internal',
  'model_useless',
  'model_failed',
  'model_timeout',
];
const MEMORY_ERRORS: readonly HttpErrorCode[] = [
  'bad_field',
  'unauthorized',
  'forbidden',
  'from_a_page',
  'strange_host',
  'internal',
  'unavailable',
];

/** Describes the service's endpoints as OpenAPI 3.1, made from the schemas that check them. */
export function describeApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'AI IPC: the AI service',
      version,
      description: 'What NPCs say, what they do and how they feel.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    jsonSchemaDialect: DIALECT,
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }, { header: [] }],
    paths: {
      '/api/v1/health': healthPath(),
      ...npcPaths(),
      '/api/v1/npc/decision': post('decide', 'The same as /api/v1/npc/decide', 'decision'),
      '/api/v1/npc/{npc_id}/memory': memoryPath(),
      '/api/v1/async/{type}': asyncPath(),
      '/openapi.json': openapiPath(),
    },
    components: {
      schemas: {
        ...npcSchemas(),
        Health: answerSchema(ANSWERS.health),
        Memory: answerSchema(ANSWERS.memory),
        Forgotten: answerSchema(ANSWERS.forgotten),
        Error: errorSchema(),
      },
      parameters: PARAMETERS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

/** What every call of an NPC's endpoint may send. */
const CALL_HEADERS = ['Deadline', 'Priority', 'IdempotencyKey', 'SourceNpc'] as const;

const PARAMETERS: Json = {
  Deadline: {
    name: 'X-Deadline-Ms',
    in: 'header',
    description: 'Milliseconds that the caller waits for the answer.',
    schema: { type: 'number', minimum: 0 },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same key with the same body gives the same answer, for 24 hours.',
    schema: { type: 'string', maxLength: 255 },
  },
  SourceNpc: {
    name: 'X-AI-IPC-Source-Npc',
    in: 'header',
    description: 'The NPC, percent-encoded, where the body has no npc_id.',
    schema: { type: 'string' },
  },
  Priority: {
    name: 'X-AI-IPC-Priority',
    in: 'header',
    description: 'Where several wait for a model: lower ones first. Default 5.',
    schema: { type: 'integer' },
  },
  NpcId: {
    name: 'npc_id',
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: MAX_ID_CHARACTERS },
  },
  PlayerId: {
    name: 'player_id',
    in: 'query',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: MAX_ID_CHARACTERS },
  },
  Type: {
    name: 'type',
    in: 'path',
    required: true,
    description:
      'dialogue, decide (or decision), emotion, options, shout, scene, facts; any other type is answered by what the body holds.',
    schema: { type: 'string' },
  },
};

const SUMMARIES: Readonly<Record<RequestName, string>> = {
  dialogue: 'What the NPC says to a player',
  decide: 'What the NPC does',
  emotion: 'How the NPC feels',
  options: 'What the player could say next: the options of a menu',
  shout: 'What the NPC says of its own, to nobody in particular',
  scene: 'What several NPCs say to each other',
  facts: 'Tells the NPC what happened',
};
const NAMES = Object.keys(SUMMARIES) as RequestName[];

/** Such as DialogueRequest and DialogueAnswer. */
function schemaNames(name: RequestName): readonly [request: string, answer: string] {
  const subject = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return [`${subject}Request`, `${subject}Answer`];
}

function npcPaths(): Json {
  return Object.fromEntries(NAMES.map((name) => [`/api/v1/npc/${name}`, post(name, SUMMARIES[name])]));
}

function npcSchemas(): Json {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const [request, answer] = schemaNames(name);
      return [
        [request, requestSchema(REQUESTS[name])],
        [answer, answerSchema(ANSWERS[name])],
      ];
    }),
  );
}

function post(name: RequestName, summary: string, operationId: string = name): Json {
  const [request, answer] = schemaNames(name);
  const codes = name === 'facts' ? [...ANY_POST_ERRORS, 'unavailable' as const] : ANY_POST_ERRORS;
  return {
    post: {
      operationId,
      summary,
      parameters: CALL_HEADERS.map(parameter),
      requestBody: { required: true, content: json(schema(request)) },
      responses: { 200: answered('The answer', schema(answer)), ...errors(codes) },
    },
  };
}

function healthPath(): Json {
  return {
    get: {
      operationId: 'health',
      summary: 'Whether the service can answer',
      security: [],
      responses: { 200: answered('It answers', schema('Health')), ...errors(['unavailable']) },
    },
  };
}

function memoryPath(): Json {
  const parameters = ['NpcId', 'PlayerId'].map(parameter);
  return {
    get: {
      operationId: 'recall',
      summary: 'What the NPC remembers of a player',
      parameters,
      responses: { 200: answered('The memory', schema('Memory')), ...errors(MEMORY_ERRORS) },
    },
    delete: {
      operationId: 'forget',
      summary: 'The NPC forgets a player',
      parameters,
      responses: { 200: answered('It is forgotten', schema('Forgotten')), ...errors(MEMORY_ERRORS) },
    },
  };
}

function asyncPath(): Json {
  const either = (at: 0 | 1): Json => ({
    anyOf: NAMES.map((name) => schema(schemaNames(name)[at])),
  });
  return {
    post: {
      operationId: 'async',
      summary: 'The general call: answered as the endpoint that its type names',
      parameters: ['Type', ...CALL_HEADERS].map(parameter),
      requestBody: { required: true, content: json(either(0)) },
      responses: { 200: answered('The answer', either(1)), ...errors([...ANY_POST_ERRORS, 'unavailable']) },
    },
  };
}

function openapiPath(): Json {
  return {
    get: {
      operationId: 'openapi',
      summary: 'This description',
      security: [],
      responses: { 200: answered('OpenAPI 3.1', { type: 'object' }) },
    },
  };
}

/** One entry a status: several codes may share it. */
function errors(codes: readonly HttpErrorCode[]): Json {
  const statuses = [...new Set(codes.map((code) => HTTP_ERRORS[code]))];
  return Object.fromEntries(
    statuses.map((status) => {
      const names = codes.filter((code) => HTTP_ERRORS[code] === status).join(' or ');
      return [status, answered(names, schema('Error'))];
    }),
  );
}

function errorSchema(): Json {
  const error = z.strictObject({
    code: z.enum(Object.keys(HTTP_ERRORS)),
    message: z.string().min(1),
  });
  return answerSchema(z.strictObject({ error }));
}

function answered(description: string, content: Json): Json {
  return { description, content: json(content) };
}

function json(content: Json): Json {
  return { 'application/json': { schema: content } };
}

function schema(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function parameter(name: string): Json {
  return { $ref: `#/components/parameters/${name}` };
}

function requestSchema(type: z.ZodType): Json {
  return withoutDialect(z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }));
}

function answerSchema(type: z.ZodType): Json {
  return withoutDialect(z.toJSONSchema(type));
}

/** The document names the dialect once. */
function withoutDialect({ $schema: _, ...rest }: Json): Json {
  return rest;
}
