import { isIP } from 'node:net';
import { type Refusal, refuse } from './http-error.ts';

export interface CallersOptions {
  /** Whether callers bring a key: then none is a page, which knows of no key. */
  readonly hasKey: boolean;
  /** Names besides those that no page can have: what --host says, and AI_ALLOWED_HOSTS. */
  readonly hosts: readonly string[];
}

/** Why this caller is not answered; undefined for all others. */
export type CheckCaller = (request: Pick<Request, 'headers'>) => Refusal | undefined;

/**
 * A page in a browser on this machine reaches 127.0.0.1, too. It can neither post, since its browser says from where it
 * comes (Origin), nor read by having a name of its own lead here (DNS rebinding), since that name stands in Host then: an
 * address, localhost and a name without a dot are none of those that somebody on the internet can have.
 */
export function createCallerCheck({ hasKey, hosts }: CallersOptions): CheckCaller {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  return ({ headers }) => {
    const host = headers.get('host');
    const origin = headers.get('origin');
    if (origin !== null && !isOriginOf(origin, host)) return fromPage(origin);
    // HTTP/1.0 may leave it out; no browser does.
    if (hasKey || host === null) return undefined;
    const name = nameOf(host);
    return isLocal(name) || allowed.has(name) ? undefined : strangeHost(host);
  };
}

function isOriginOf(origin: string, host: string | null): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** Without its port; what is none is left as it is, and allowed nowhere. */
function nameOf(host: string): string {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : `${host}.`;
}

function isLocal(name: string): boolean {
  return !name.includes('.') || name.endsWith('.localhost') || isIP(name) !== 0;
}

function fromPage(origin: string): Refusal {
  const message = `This call comes from a page in a browser (Origin ${quote(origin)}), and pages are not answered. Call from a program, such as the worker.`;
  return refuse('from_a_page', message);
}

function strangeHost(host: string): Refusal {
  const message =
    `The AI service does not answer to the name ${quote(host)}. Call it by its address, name it in AI_ALLOWED_HOSTS, ` +
    'or set AI_SERVICE_KEY.';
  return refuse('strange_host', message);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
