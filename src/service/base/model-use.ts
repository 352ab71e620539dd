import { NO_TOKENS, type TokenCount } from '../../providers/token-count.ts';

/** What one model on one server was used for since the start. */
export interface ModelUse {
  readonly server: string;
  readonly model: string;
  readonly answers: number;
  readonly failures: number;
  /** Of answers and of failures alike. */
  readonly tokens: TokenCount;
}

/** Counts the calls of models and what they cost. */
export class ModelUses {
  readonly #uses = new Map<string, ModelUse>();

  note(
    { server, model, tokens }: Pick<ModelUse, 'server' | 'model' | 'tokens'>,
    counter: 'answers' | 'failures',
  ): void {
    const use = this.of(server, model);
    this.#uses.set(keyOf(server, model), {
      ...use,
      [counter]: use[counter] + 1,
      tokens: {
        prompt: use.tokens.prompt + tokens.prompt,
        completion: use.tokens.completion + tokens.completion,
      },
    });
  }

  of(server: string, model: string): ModelUse {
    return (
      this.#uses.get(keyOf(server, model)) ?? { server, model, answers: 0, failures: 0, tokens: NO_TOKENS }
    );
  }

  /** Of the model that is set for a server, and of others that personas named. */
  on(server: string, model: string): readonly ModelUse[] {
    const others = [...this.#uses.values()].filter((use) => use.server === server && use.model !== model);
    return [this.of(server, model), ...others];
  }
}

function keyOf(server: string, model: string): string {
  return JSON.stringify([server, model]);
}
