/** Shorter ones are words that a text may well have of itself. */
const LEAST_CHARACTERS = 8;

/** Takes secrets out of foreign text: servers repeat a key that they refuse. */
export type HideSecrets = (text: string) => string;

export function hideSecrets(secrets: readonly string[]): HideSecrets {
  // The longest first: one may be a part of another.
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= LEAST_CHARACTERS)
    .sort((one, other) => other.length - one.length);
  return (text) => known.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** Each value, and of an Authorization its last word: `Bearer KEY`. */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /authorization$/i.test(name) ? [value, value.split(/\s+/).at(-1) ?? ''] : [value],
  );
}
