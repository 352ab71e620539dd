/** What an answer cost, in tokens of its model. */
export interface TokenCount {
  readonly prompt: number;
  readonly completion: number;
}

export const NO_TOKENS: TokenCount = { prompt: 0, completion: 0 };
