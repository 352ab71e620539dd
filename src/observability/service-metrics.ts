import { endpointLabel } from './endpoint-label.ts';
import { Metrics } from './registry.ts';

/** One model on one server, since the start of the service. */
interface ModelFigures {
  readonly server: string;
  readonly model: string;
  readonly status: 'ok' | 'loading' | 'down';
  readonly answers: number;
  readonly failures: number;
  readonly tokens: { readonly prompt: number; readonly completion: number };
}

/** What is asked for when somebody reads the metrics of the service. */
export interface ServiceNow {
  readonly status: 'ok' | 'loading' | 'degraded' | 'down';
  readonly models: readonly ModelFigures[];
  /** Answers in the making. */
  readonly inFlight: number;
  readonly areNpcsOff: boolean;
  /** Players whose tokens of today are used up. */
  readonly spentOut: number;
  /** Whether NPCs remember. */
  readonly hasMemory: boolean;
}

/** Who spoke: the model (or the offline brain) that was wanted, another one in its place, or a canned line. */
type AnsweredBy = 'wanted' | 'fallback' | 'canned';

/** A call that was answered. */
export interface NotedCall {
  readonly path: string;
  /** Of HTTP. */
  readonly status: number;
  readonly ms: number;
}

export interface ServiceMetrics {
  readonly metrics: Metrics;
  noteCall(call: NotedCall): void;
  noteAnswer(by: AnsweredBy): void;
}

const STATUSES = ['ok', 'loading', 'degraded', 'down'] as const;

/** The metrics of the AI service. */
export function createServiceMetrics(version: string, now: () => ServiceNow): ServiceMetrics {
  const metrics = new Metrics();
  metrics.gauge('ai_ipc_service_info', 'Always 1; the version is a label.', ['version']).set({ version }, 1);
  const calls = metrics.counter('ai_ipc_service_calls_total', 'Calls by endpoint and HTTP status.', [
    'endpoint',
    'status',
  ]);
  const seconds = metrics.seconds('ai_ipc_service_call_seconds', 'How long the answer to a call took.', [
    'endpoint',
  ]);
  const answers = metrics.counter(
    'ai_ipc_service_answers_total',
    'What NPCs said, by who spoke: the mind that was wanted, a fallback, or a canned line of a limit.',
    ['by'],
  );
  showService(metrics, now);
  showModels(metrics, now);
  return {
    metrics,
    noteCall({ path, status, ms }) {
      const endpoint = endpointLabel(path);
      calls.inc({ endpoint, status: String(status) });
      seconds.observe({ endpoint }, ms / 1000);
    },
    noteAnswer: (by) => answers.inc({ by }),
  };
}

function showService(metrics: Metrics, now: () => ServiceNow): void {
  metrics.ask(
    {
      name: 'ai_ipc_service_status',
      help: '1 at the status that health has, else 0.',
      labelNames: ['status'],
    },
    (gauge) => {
      const { status } = now();
      for (const one of STATUSES) gauge.set({ status: one }, one === status ? 1 : 0);
    },
  );
  const shown: readonly (readonly [string, string, (service: ServiceNow) => number])[] = [
    ['ai_ipc_service_in_flight', 'Answers in the making.', ({ inFlight }) => inFlight],
    [
      'ai_ipc_service_npcs_off',
      '1 while an admin has switched all NPCs off.',
      ({ areNpcsOff }) => Number(areNpcsOff),
    ],
    [
      'ai_ipc_service_spent_players',
      'Players whose tokens of today are used up (AI_PLAYER_DAILY_TOKENS).',
      ({ spentOut }) => spentOut,
    ],
    [
      'ai_ipc_service_memory',
      '1 while NPCs remember, 0 without a database.',
      ({ hasMemory }) => Number(hasMemory),
    ],
  ];
  for (const [name, help, read] of shown) metrics.ask({ name, help }, (gauge) => gauge.set(read(now())));
}

/** Counted elsewhere since the start (health shows the same figures): here they are only shown. */
function showModels(metrics: Metrics, now: () => ServiceNow): void {
  const labelNames = ['server', 'model'] as const;
  metrics.ask(
    {
      name: 'ai_ipc_model_up',
      help: '1 while the model answers, 0 while it is down or being loaded.',
      labelNames,
    },
    (gauge) => {
      for (const { server, model, status } of now().models)
        gauge.set({ server, model }, status === 'ok' ? 1 : 0);
    },
  );
  metrics.askCount(
    { name: 'ai_ipc_model_calls_total', help: 'Calls of models.', labelNames: [...labelNames, 'outcome'] },
    (count) => {
      for (const { server, model, answers, failures } of now().models) {
        count({ server, model, outcome: 'answer' }, answers);
        count({ server, model, outcome: 'failure' }, failures);
      }
    },
  );
  metrics.askCount(
    {
      name: 'ai_ipc_model_tokens_total',
      help: 'Tokens of models, which is what they cost.',
      labelNames: [...labelNames, 'kind'],
    },
    (count) => {
      for (const { server, model, tokens } of now().models) {
        count({ server, model, kind: 'prompt' }, tokens.prompt);
        count({ server, model, kind: 'completion' }, tokens.completion);
      }
    },
  );
}
