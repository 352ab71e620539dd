import type { RequestError } from '../../base/errors.ts';
import type { AiIpc } from '../../client/ai-ipc.ts';
import type { StepClock } from './steps.ts';

/** Who the demo talks to; the AI service finds its persona by this name. */
export const NPC_NAME = 'Sage of Prontera';
const NPC_ID = 'sage-of-prontera';
const ENDPOINT = '/api/v1/npc/dialogue';
/** A longer life than this would keep people waiting for an AI service that is not there. */
const LONGEST_LIFE_SECONDS = 15;

export interface SageOptions {
  readonly client: AiIpc;
  readonly steps: StepClock;
  /** The life of a request as the settings have it. */
  readonly timeoutSeconds: number;
  /** Whom he remembers; null for nobody. */
  readonly playerId: string | null;
}

export interface SageAnswer {
  readonly text: string;
  /** Why there is no text. */
  readonly error: RequestError | null;
  /** How it went: the request, its status and where the time went. */
  readonly timing: string;
}

/** Says something to the NPC, through the queue. Throws AiIpcError aborted when `signal` ends the wait. */
export type Sage = (message: string, signal: AbortSignal) => Promise<SageAnswer>;

export function createSage({ client, steps, timeoutSeconds, playerId }: SageOptions): Sage {
  return async (message, signal) => {
    const result = await client.ask(
      'dialogue',
      ENDPOINT,
      { npc_id: NPC_ID, player_id: playerId, message },
      {
        sourceNpc: NPC_NAME,
        sourceMap: 'prontera',
        timeoutSeconds: Math.min(timeoutSeconds, LONGEST_LIFE_SECONDS),
        signal,
      },
    );
    return { text: textOf(result), error: result.error, timing: steps.describe(result) };
  };
}

/** Another AI service may answer in another shape: then the whole answer is shown. */
function textOf({ text, json }: { readonly text: string; readonly json: unknown }): string {
  return text === '' && json !== null ? JSON.stringify(json) : text;
}
