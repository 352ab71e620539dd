/** What every call with a body has to say to the AI service. */
export const JSON_TYPE = { 'Content-Type': 'application/json' } as const;

/** The rest of a call of `fetch` that posts this JSON. */
export function posting(body: string, headers: Readonly<Record<string, string>> = {}) {
  return { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } };
}
