/** One call of a page, with its answer where the page shows it. */
export interface DocExample {
  readonly kind: 'call';
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly answer:
    | {
        readonly status: number;
        readonly headers: Record<string, string>;
        readonly body: Record<string, unknown>;
      }
    | undefined;
}

export type Step =
  | { readonly kind: 'shell'; readonly title: string; readonly lines: readonly string[] }
  | DocExample;

const FENCE = /^```(?<language>bash|http|json)\n(?<text>[\s\S]*?)\n```$/gm;
const RESPONSE = /^HTTP\/1\.1 (?<status>\d{3})$/;
const REQUEST = /^(?<method>[A-Z]+) (?<path>\S+)$/;

/**
 * The steps of a page in their order: ```bash is run; ```http is a call; a ```json behind it is its answer with status
 * 200, an ```http that begins with HTTP/1.1 its answer with that status.
 */
export function readExamples(page: string): Step[] {
  const steps: Step[] = [];
  for (const { groups } of page.matchAll(FENCE)) {
    const { language, text = '' } = groups ?? {};
    if (language === 'bash') {
      steps.push({ kind: 'shell', title: text, lines: text.split('\n') });
      continue;
    }
    const message = language === 'http' ? parse(text) : { first: 'HTTP/1.1 200', headers: {}, body: text };
    const { status } = RESPONSE.exec(message.first)?.groups ?? {};
    if (status === undefined) steps.push(toCall(message));
    else addAnswer(steps, { status: Number(status), headers: message.headers, body: message.body });
  }
  return steps;
}

interface Message {
  readonly first: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

function parse(text: string): Message {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
  return { first, headers, body: rest.length === 0 ? undefined : rest.join('\n\n') };
}

function toCall({ first, headers, body }: Message): DocExample {
  const { method, path } = REQUEST.exec(first)?.groups ?? {};
  if (method === undefined || path === undefined) throw new Error(`No call: ${first}`);
  const title = `${first} ${body?.replace(/\s+/g, ' ') ?? ''}`;
  return { kind: 'call', title, method, path, headers, body, answer: undefined };
}

function addAnswer(
  steps: Step[],
  {
    status,
    headers,
    body = '',
  }: { status: number; headers: Record<string, string>; body: string | undefined },
): void {
  const call = steps.pop();
  if (call?.kind !== 'call') throw new Error(`No call before the answer ${body}`);
  const answer = { status, headers, body: JSON.parse(body) as Record<string, unknown> };
  steps.push({ ...call, answer });
}
