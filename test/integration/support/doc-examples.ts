interface Message {
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** One call of a page, with its answer where the page shows it. */
export interface DocExample extends Message {
  readonly kind: 'call';
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly answer:
    | {
        readonly status: number;
        readonly headers: Record<string, string>;
        readonly body: Record<string, unknown>;
      }
    | undefined;
}

/** What a page says that the service has sent to the model server. */
export interface DocModelCall extends Message {
  readonly kind: 'model';
  readonly title: string;
}

/** Lines for a terminal. */
export interface DocShell {
  readonly kind: 'shell';
  readonly title: string;
  readonly text: string;
  /** What the page says that they print. */
  readonly printed: string | undefined;
}

/** A line of the service's log. */
interface DocLog {
  readonly kind: 'log';
  readonly title: string;
  readonly line: string;
}

export type Step = DocShell | DocExample | DocModelCall | DocLog;

const FENCE = /^```(?<language>.*)\n(?<text>[\s\S]*?)\n```$/gm;
const RESPONSE = /^HTTP\/1\.1 (?<status>\d{3})$/;
const REQUEST = /^(?<method>[A-Z]+) (?<path>\S+)$/;
const MODEL_PATH = '/v1/chat/completions';

/** The steps of a page in their order; test/integration/ai-service-examples/README.md says what each block means. */
export function readExamples(page: string): Step[] {
  const steps: Step[] = [];
  for (const { groups } of page.matchAll(FENCE)) {
    const { language, text = '' } = groups ?? {};
    if (language === 'bash') steps.push({ kind: 'shell', title: text, text, printed: undefined });
    else if (language === 'text') addPrinted(steps, text);
    else if (language === 'json') addAnswer(steps, { status: 200, headers: {}, body: text });
    else if (language === 'http') addMessage(steps, text);
    else throw new Error(`Nobody runs a block of "${language}": ${text}`);
  }
  return steps;
}

function addPrinted(steps: Step[], text: string): void {
  const before = steps.at(-1);
  if (before?.kind === 'shell') steps.splice(-1, 1, { ...before, printed: text });
  else steps.push({ kind: 'log', title: text, line: text });
}

function addMessage(steps: Step[], text: string): void {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
  const message = { headers, body: rest.length === 0 ? undefined : rest.join('\n\n') };
  const { status } = RESPONSE.exec(first)?.groups ?? {};
  if (status === undefined) steps.push(toCall(first, message));
  else addAnswer(steps, { status: Number(status), ...message });
}

function toCall(first: string, message: Message): DocExample | DocModelCall {
  const { method, path } = REQUEST.exec(first)?.groups ?? {};
  if (method === undefined || path === undefined) throw new Error(`No call: ${first}`);
  const title = `${first} ${message.body?.replace(/\s+/g, ' ') ?? ''}`;
  if (path === MODEL_PATH) return { kind: 'model', title, ...message };
  return { kind: 'call', title, method, path, ...message, answer: undefined };
}

function addAnswer(
  steps: Step[],
  { status, headers, body = '' }: Message & { readonly status: number },
): void {
  const call = steps.pop();
  if (call?.kind !== 'call') throw new Error(`No call before the answer ${body}`);
  const answer = { status, headers, body: JSON.parse(body) as Record<string, unknown> };
  steps.push({ ...call, answer });
}
