import {
  baseUrl,
  caPlace,
  choices,
  filePath,
  headers,
  jsonFields,
  oneOf,
  optional,
  plainText,
  secretText,
  wholeNumber,
  yesOrNo,
} from './allowed.ts';
import { hostNames } from './allowed-hosts.ts';
import { modelName, modelNames, modelSections, type RawModels } from './allowed-models.ts';
import { define } from './setting.ts';

/** How a model server may be asked; docs/models.md explains each. */
const PROFILE_CHOICES = {
  format: ['json_schema', 'json_object', 'text'],
  instructions: ['system', 'developer', 'user'],
  token_limit: ['max_tokens', 'max_completion_tokens', 'none'],
  temperature: ['sent', 'left_out'],
  reasoning_effort: ['sent', 'left_out'],
  stream: ['usage', 'plain', 'off'],
} as const;

/** The model server behind the AI service. Without its address and its model there is none. */
export const MODEL_SERVER = {
  /** Without a slash at its end. */
  url: define<string | null>({
    key: 'ai_service.provider_url',
    variable: 'AI_PROVIDER_URL',
    default: null,
    unit: '',
    meaning:
      'An OpenAI-compatible model server, with the path before /chat/completions. Without it, NPCs answer from the rules of their persona files.',
    allowed: optional(
      baseUrl({
        words: 'an http:// or https:// address, such as http://127.0.0.1:11434/v1',
        placeOfKey: 'api_key (AI_API_KEY)',
        mayHaveQuery: true,
      }),
      '(none)',
    ),
    example: 'http://127.0.0.1:11434/v1',
  }),
  model: define<string | null>({
    key: 'ai_service.model',
    variable: 'AI_MODEL',
    default: null,
    unit: '',
    meaning: 'The model on that server; it must be set with provider_url.',
    allowed: optional(plainText('the name of a model, such as llama3.1:8b', 200), '(none)'),
    example: 'llama3.1:8b',
  }),
  apiKey: define({
    key: 'ai_service.api_key',
    variable: 'AI_API_KEY',
    default: '',
    unit: '',
    meaning: 'The key of the model server, where it wants one.',
    allowed: secretText(),
  }),
  headers: define<Readonly<Record<string, string>>>({
    key: 'ai_service.provider_headers',
    variable: 'AI_PROVIDER_HEADERS',
    default: {},
    unit: '',
    meaning: 'HTTP headers sent to the model server with each call, where it wants more than a key.',
    allowed: headers(),
    example: { 'X-Title': 'AI IPC' },
  }),
  /** The full path of a PEM file, or `system`; null for none. */
  caFile: define<string | null>({
    key: 'ai_service.provider_ca',
    variable: 'AI_PROVIDER_CA',
    default: null,
    unit: '',
    meaning:
      'A PEM file with the certificate of the authority that signed the one of the model server, or of a proxy that opens https; system: those that this machine trusts. Left out: those that Node knows, and NODE_EXTRA_CA_CERTS of the environment.',
    allowed: optional(caPlace(), '(none)'),
    example: '/etc/ai-ipc/model-ca.pem',
  }),
  body: define<Readonly<Record<string, unknown>>>({
    key: 'ai_service.provider_body',
    variable: 'AI_PROVIDER_BODY',
    default: {},
    unit: '',
    meaning:
      'Fields of your own for the body of each call to the model server; they win over those of this package.',
    allowed: jsonFields({
      model: 'set with model',
      messages: 'made of the talk',
      stream: 'set with provider_profile',
    }),
    example: { seed: 7 },
  }),
  /** What is left out is learnt. */
  profile: define({
    key: 'ai_service.provider_profile',
    variable: 'AI_PROVIDER_PROFILE',
    default: {},
    unit: '',
    meaning: 'What the model server takes, where it should not be learnt from its refusals.',
    allowed: choices(PROFILE_CHOICES),
    example: { format: 'json_object', instructions: 'user' },
  }),
  maxTokens: define({
    key: 'ai_service.max_tokens',
    variable: 'AI_MAX_TOKENS',
    // An answer has about 150, and a runaway model ends some time.
    default: 500,
    unit: 'tokens',
    meaning: 'The longest that the model may write for one answer; a persona may name its own.',
    allowed: wholeNumber(16, 100_000),
  }),
  thinkingTokens: define({
    key: 'ai_service.thinking_tokens',
    variable: 'AI_THINKING_TOKENS',
    default: 0,
    unit: 'tokens',
    meaning: 'What a reasoning model may write besides, for its thoughts: the limit sent is the sum of both.',
    allowed: wholeNumber(0, 100_000),
  }),
  reasoningEffort: define<'none' | 'minimal' | 'low' | 'medium' | 'high' | null>({
    key: 'ai_service.reasoning_effort',
    variable: 'AI_REASONING_EFFORT',
    default: null,
    unit: '',
    meaning: 'How much a reasoning model thinks, where its server takes reasoning_effort.',
    allowed: optional(oneOf(['none', 'minimal', 'low', 'medium', 'high']), '(none)'),
    example: 'low',
  }),
  slots: define<number | null>({
    key: 'ai_service.model_slots',
    variable: 'AI_MODEL_SLOTS',
    default: null,
    unit: 'calls',
    meaning:
      'How many calls the model server gets at once; the others wait. Left out, llama.cpp is asked, and of others it is learnt.',
    allowed: optional(wholeNumber(1, 4096), '(none)'),
    example: 4,
  }),
  isWarmedUp: define({
    key: 'ai_service.warm_up',
    variable: 'AI_WARM_UP',
    default: true,
    unit: '',
    meaning:
      'Whether the service has the model loaded before players come, and keeps a model loaded that loads slowly.',
    allowed: yesOrNo(),
  }),
  contextTokens: define({
    key: 'ai_service.context_tokens',
    variable: 'AI_CONTEXT_TOKENS',
    default: 0,
    unit: 'tokens',
    meaning:
      'What prompt and answer may have together; what NPCs remember is shortened to fit. 0 asks the model server, or learns it from its refusal.',
    allowed: wholeNumber(0, 10_000_000),
  }),
  /** Without whoever answers at last (fallback). */
  fallbacks: define<readonly string[]>({
    key: 'ai_service.model_fallbacks',
    variable: 'AI_MODEL_FALLBACKS',
    default: [],
    unit: '',
    meaning:
      'Which of the further model servers (models) are asked where the model fails, in this order; then fallback.',
    allowed: modelNames(),
    example: 'chatter',
  }),
} as const;

/** Further model servers, each with the settings of the first one. */
export const MODELS = {
  models: define<RawModels>({
    key: 'ai_service.models',
    variable: 'AI_MODELS',
    default: {},
    unit: '',
    meaning: 'Further model servers, by names that personas and model_fallbacks use (docs/models.md).',
    allowed: modelSections(),
    example: { chatter: { provider_url: 'http://127.0.0.1:8080/v1', model: 'small' } },
    hasOwnSettings: true,
  }),
} as const;

/** What stands below the name of one of these. */
export const NAMED_MODEL = {
  ...MODEL_SERVER,
  /** null for that of all. */
  timeoutSeconds: define<number | null>({
    key: 'model_timeout',
    variable: '',
    default: null,
    unit: 's',
    meaning: 'The longest time that this model may take for one answer; left out, as for all.',
    allowed: optional(wholeNumber(1, 3600), '(none)'),
  }),
} as const;

/** As the database calls them, or Windows. */
const CLIENT_CODEPAGES = [
  ...(['utf8', 'utf8mb4', 'latin1', 'latin2', 'latin5', 'cp1250', 'cp1251', 'cp1252', 'cp1256'] as const),
  ...(['cp1257', 'greek', 'hebrew', 'koi8r', 'koi8u', 'tis620', 'cp874', 'euckr', 'cp949'] as const),
  ...(['sjis', 'cp932', 'big5', 'cp950', 'gbk', 'gb2312'] as const),
] as const;

/** All other settings of the AI service that comes with this package, `ai-ipc service`. */
export const SERVICE = {
  fallback: define<'scripted' | 'none'>({
    key: 'ai_service.fallback',
    variable: 'AI_FALLBACK',
    default: 'scripted',
    unit: '',
    meaning:
      'Who answers when the model fails: scripted is the offline brain; none answers 429, 500, 502 or 504, which the worker retries.',
    allowed: oneOf(['scripted', 'none']),
  }),
  modelTimeoutSeconds: define({
    key: 'ai_service.model_timeout',
    variable: 'AI_MODEL_TIMEOUT',
    // Below the 10 s that a worker waits unless told otherwise: the fallback can still answer.
    default: 8,
    unit: 's',
    meaning: 'The longest time that a model may take for one answer; never longer than the deadline.',
    allowed: wholeNumber(1, 3600),
  }),
  deadlineMs: define({
    key: 'ai_service.deadline_ms',
    variable: 'AI_DEADLINE_MS',
    default: 10_000,
    unit: 'ms',
    meaning:
      'An answer is given within this time where the caller sends no X-Deadline-Ms; the worker sends one.',
    allowed: wholeNumber(50, 3_600_000),
  }),
  maxCharacters: define({
    key: 'ai_service.max_chars',
    variable: 'AI_MAX_CHARS',
    default: 400,
    unit: 'characters',
    meaning: 'The longest answer of an NPC; a longer one ends at a sentence.',
    // Twice in an answer, at 4 bytes a character, is below the worker's max_response_bytes of 16,384.
    allowed: wholeNumber(40, 1500),
  }),
  /** 0 is off. */
  playerCooldownMs: define({
    key: 'ai_service.player_cooldown_ms',
    variable: 'AI_PLAYER_COOLDOWN_MS',
    default: 0,
    unit: 'ms',
    meaning: 'A player who talks again sooner hears a canned line (limited: cooldown). 0 is off.',
    allowed: wholeNumber(0, 3_600_000),
  }),
  /** 0 is off. */
  playerDailyTokens: define({
    key: 'ai_service.player_daily_tokens',
    variable: 'AI_PLAYER_DAILY_TOKENS',
    default: 0,
    unit: 'tokens',
    meaning: 'What one player may use of the model in a day; then a canned line (limited: budget). 0 is off.',
    allowed: wholeNumber(0, 1_000_000_000),
  }),
  maxInFlight: define({
    key: 'ai_service.max_in_flight',
    variable: 'AI_MAX_IN_FLIGHT',
    default: 1024,
    unit: 'requests',
    meaning: 'The most that are answered at once; more get 429 with Retry-After.',
    allowed: wholeNumber(1, 65_536),
  }),
  /** The name of a model server. */
  summaryModel: define<string | null>({
    key: 'ai_service.summary_model',
    variable: 'AI_SUMMARY_MODEL',
    default: null,
    unit: '',
    meaning:
      'Which model server tells in short what NPCs remember of older talks, while nobody else asks it: default is that of provider_url, others stand in models. Left out, rules do.',
    allowed: optional(modelName(), '(none)'),
    example: 'default',
  }),
  memoryDays: define({
    key: 'ai_service.memory_days',
    variable: 'AI_MEMORY_DAYS',
    default: 90,
    unit: 'days',
    meaning: 'What an NPC knows of a player is deleted when they have not talked for so long.',
    allowed: wholeNumber(1, 3650),
  }),
  memoryForRequests: define({
    key: 'ai_service.memory_for_requests',
    variable: 'AI_MEMORY_FOR_REQUESTS',
    default: false,
    unit: '',
    meaning:
      'true: a request of the queue (http_get) may read what an NPC remembers of a player. Whoever may insert requests then reads all of it, whatever rights he has on ai_npc_memory.',
    allowed: yesOrNo(),
  }),
  /** A full path; null for the personas of the package. */
  personasDir: define<string | null>({
    key: 'ai_service.personas',
    variable: 'AI_PERSONAS',
    default: null,
    unit: '',
    meaning: 'The folder of your own persona files; left out, those of the package.',
    allowed: optional(filePath('the path of a folder'), '(none)'),
    example: './personas',
  }),
  /** The full path of a list of words; null for none. */
  profanityFile: define<string | null>({
    key: 'ai_service.profanity_file',
    variable: 'AI_PROFANITY_FILE',
    default: null,
    unit: '',
    meaning:
      'A text file with one word a line that NPCs show as its first letter and stars; word* is all that begins so, *word* all that has it inside.',
    allowed: optional(filePath('the path of a file'), '(none)'),
    example: './bad_words.txt',
  }),
  clientCodepage: define<(typeof CLIENT_CODEPAGES)[number]>({
    key: 'ai_service.client_codepage',
    variable: 'AI_CLIENT_CODEPAGE',
    default: 'utf8',
    unit: '',
    meaning:
      'What the game clients can show: what this codepage lacks is written with what it has (a typographic quote as a plain one), or left out. utf8 shows everything.',
    allowed: oneOf(CLIENT_CODEPAGES),
    example: 'latin1',
  }),
  /** Empty asks nobody for a key. */
  serviceKey: define({
    key: 'ai_service.service_key',
    variable: 'AI_SERVICE_KEY',
    default: '',
    unit: '',
    meaning:
      'The key that callers of the AI service must send (Authorization: Bearer …); empty asks nobody for one.',
    allowed: secretText(),
  }),
  /** In lower case. */
  allowedHosts: define<readonly string[]>({
    key: 'ai_service.allowed_hosts',
    variable: 'AI_ALLOWED_HOSTS',
    default: [],
    unit: '',
    meaning:
      'Names by which the AI service may be called without a key, besides addresses, localhost and names without a dot: so no page in a browser reaches it by a name of its own.',
    allowed: hostNames(),
    example: 'ai.example.com',
  }),
} as const;
