import { type ChatCall, callChat } from './chat-call.ts';
import { ModelError } from './model-error.ts';
import type { ServerProfile } from './server-profile.ts';
import { refused, unanswered } from './trouble.ts';

/** One token of no player's: what loads a model is that it is asked at all. */
const WARM_UP = {
  system: 'Answer with one word.',
  user: 'Hello',
  schema: { name: 'none', schema: {} },
  temperature: undefined,
  maxTokens: 1,
} as const;
const BARE = { format: 'text' } as const;

type LoadCall = Omit<ChatCall, 'onFirstWord'> & { readonly profile: ServerProfile };

/** Asks a model for one word, so that its server loads it. null when it answered, else why it did not. */
export async function callToLoad(model: string, { profile, ...call }: LoadCall): Promise<ModelError | null> {
  const { server, signal, maxBytes } = call;
  try {
    const outcome = await callChat(
      { ...WARM_UP, model },
      { ...profile, ...BARE },
      { ...call, onFirstWord: () => undefined },
    );
    return 'refusal' in outcome ? refused(outcome.refusal, server) : null;
  } catch (error) {
    if (error instanceof ModelError) return error;
    return unanswered(error, { server, isTimeout: signal.aborted, waitedMs: 0, maxBytes });
  }
}
