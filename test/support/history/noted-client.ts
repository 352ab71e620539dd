import { setTimeout as delay } from 'node:timers/promises';
import { AiIpcError } from '../../../src/base/errors.ts';
import type { AiIpc } from '../../../src/client/ai-ipc.ts';
import { isEnded, REQUEST_STATUSES, type RequestStatus } from '../../../src/queue/request.ts';
import type { AskNote, Told } from './notes.ts';

/** How often a script looks that polls. */
const LOOK_EVERY_MS = 50;
/** How long it goes on looking after the request's life. */
const LOOK_AFTER_LIFE_MS = 10_000;
const CANCELS = 3;
/** Between two cancels of one that failed. */
const CANCEL_REST_MS = 500;

/** What a client does with one request. */
export interface Errand {
  /** ask: waits for the end. watch: polls status and response, as a script does. cancel, abort: after a while. */
  readonly way: 'ask' | 'watch' | 'cancel' | 'abort';
  readonly token: string;
  readonly endpoint: string;
  readonly lifeSeconds: number;
  /** Of cancel and abort. */
  readonly afterMs: number;
}

/** Does it with a real client, and notes what it is told. It never rejects: what goes wrong is a note, too. */
export async function runErrand(ai: AiIpc, errand: Errand): Promise<AskNote> {
  const { token, lifeSeconds } = errand;
  const told: Told[] = [];
  const note: AskNote = { token, lifeSeconds, askedAtMs: Date.now(), told };
  await WAYS[errand.way](ai, errand, told);
  return note;
}

type Way = (ai: AiIpc, errand: Errand, told: Told[]) => Promise<void>;

const WAYS: Readonly<Record<Errand['way'], Way>> = {
  ask: (ai, errand, told) => askAndNote(ai, errand, told),
  async abort(ai, errand, told) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), errand.afterMs);
    await askAndNote(ai, errand, told, controller.signal);
    clearTimeout(timer);
  },
  async watch(ai, errand, told) {
    const id = await request(ai, errand, told);
    if (id === undefined) return;
    const untilMs = performance.now() + errand.lifeSeconds * 1_000 + LOOK_AFTER_LIFE_MS;
    while (performance.now() < untilMs) {
      const status = await look('status', told, () => ai.status(id));
      if (status !== undefined) noteStatus(told, status);
      if (status !== undefined && isOver(status)) break;
      await delay(LOOK_EVERY_MS);
    }
    const text = await look('response', told, () => ai.response(id));
    if (text !== undefined) told.push({ kind: 'response', text });
  },
  async cancel(ai, errand, told) {
    const id = await request(ai, errand, told);
    if (id === undefined) return;
    await delay(errand.afterMs);
    for (let tries = 1; tries <= CANCELS; tries += 1) {
      const isCancelled = await look('cancel', told, () => ai.cancel(id));
      if (isCancelled !== undefined) told.push({ kind: 'cancel', isCancelled });
      if (isCancelled !== undefined) break;
      await delay(CANCEL_REST_MS);
    }
    const status = await look('status', told, () => ai.status(id));
    if (status !== undefined) noteStatus(told, status);
  },
};

async function askAndNote(ai: AiIpc, errand: Errand, told: Told[], signal?: AbortSignal): Promise<void> {
  const { endpoint, lifeSeconds } = errand;
  const options = { timeoutSeconds: lifeSeconds, ...(signal === undefined ? {} : { signal }) };
  try {
    const { id, status, json, error } = await ai.ask('dialogue', endpoint, dataOf(errand), options);
    const answer = json === null ? null : JSON.stringify(json);
    told.push({
      ...{ kind: 'end', id, status, answer },
      ...{ code: error?.code ?? null, message: error?.message ?? null },
    });
  } catch (error) {
    told.push({ kind: 'aborted', message: error instanceof Error ? error.message : String(error) });
  }
}

async function request(ai: AiIpc, errand: Errand, told: Told[]): Promise<number | undefined> {
  const { endpoint, lifeSeconds } = errand;
  try {
    const id = await ai.request('dialogue', endpoint, dataOf(errand), { timeoutSeconds: lifeSeconds });
    told.push({ kind: 'accepted', id });
    return id;
  } catch (error) {
    told.push({ kind: 'refused', ...troubleOf(error) });
    return undefined;
  }
}

/** undefined where it failed; the same trouble twice in a row is noted once. */
async function look<Value>(of: string, told: Told[], work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    const trouble = troubleOf(error);
    const last = told.at(-1);
    const isSame = last?.kind === 'trouble' && last.of === of && last.message === trouble.message;
    if (!isSame) told.push({ kind: 'trouble', of, ...trouble });
    return undefined;
  }
}

function dataOf({ token }: Errand): object {
  return { token, message: 'Hello' };
}

/** The same status twice in a row is noted once. */
function noteStatus(told: Told[], code: number): void {
  const status: RequestStatus | 'none' = REQUEST_STATUSES[code - 1] ?? 'none';
  const last = told.at(-1);
  if (last?.kind !== 'status' || last.status !== status) told.push({ kind: 'status', status });
}

function isOver(code: number): boolean {
  const status = REQUEST_STATUSES[code - 1];
  return status !== undefined && isEnded(status);
}

function troubleOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AiIpcError) return { code: error.code, message: error.message };
  return { code: 'unknown', message: String(error) };
}
