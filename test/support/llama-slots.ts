/** What a slot of a llama.cpp server is working on. */
export interface BusySlot {
  readonly task: number;
  /** Tokens that it has written. */
  readonly written: number;
}

interface ToldSlot {
  readonly is_processing: boolean;
  readonly id_task?: number;
  readonly next_token?: readonly { readonly n_decoded: number }[];
}

/** Those of its slots that work on a call, as GET /slots tells. */
export async function busySlots(url: string): Promise<BusySlot[]> {
  const slots = (await (await fetch(`${url}/slots`)).json()) as ToldSlot[];
  return slots
    .filter((slot) => slot.is_processing)
    .map(({ id_task = -1, next_token = [] }) => ({ task: id_task, written: next_token[0]?.n_decoded ?? 0 }));
}

/** Fields for the body of a call whose answer takes at least half a minute on any machine: words without an end. */
export const ENDLESS_ANSWER = {
  max_tokens: 15_000,
  ignore_eos: true,
  response_format: { type: 'text' },
} as const;

/** Place for four of them. */
export const ENDLESS_SLOTS = ['--ctx-size', '81920', '--parallel', '4'] as const;
