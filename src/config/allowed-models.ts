import type { Allowed } from './allowed.ts';

/** Model servers by their names; what stands in each is checked as settings of its own (named-models.ts). */
export type RawModels = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The server of provider_url, where fallbacks and personas name it. */
export const FIRST_MODEL = 'default';
const MODEL_NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const NAME_WORDS = 'lower-case letters, digits, - and _, at most 40';

/** Keys may stand in it, so no value is shown. */
export function modelSections(): Allowed<RawModels> {
  return {
    words:
      'a section for each, with the settings of the first one below a name of its own; in the environment as JSON, such as {"chatter":{"provider_url":"http://127.0.0.1:8080/v1","model":"small"}}',
    check: (raw) => {
      if (!isSection(raw)) return { reason: '' };
      const wrong = Object.entries(raw).flatMap(([name, section]) => reasonAgainst(name, section) ?? []);
      return wrong.length === 0 ? { value: raw as RawModels } : { reason: wrong.join('; ') };
    },
    fromText: (text) => {
      try {
        return JSON.parse(text);
      } catch {
        // Not JSON: it stays text, which the check refuses without showing it.
        return text;
      }
    },
    show: (models) => Object.keys(models).join(', ') || '(none)',
    showRefused: () => '***',
    isSecret: true,
  };
}

/** Names of model servers in order; whether they are there is checked with all of them. */
export function modelNames(): Allowed<readonly string[]> {
  const fromText = (text: string) => text.split(',').map((name) => name.trim());
  return {
    words: 'names of model servers in their order, in YAML as a list, in the environment with commas between',
    check: (raw) => {
      const names: unknown = typeof raw === 'string' ? fromText(raw) : raw;
      const isList = Array.isArray(names) && names.every((one): one is string => typeof one === 'string');
      if (!isList) return { reason: '' };
      const wrong = names.find((name) => !MODEL_NAME.test(name));
      if (wrong !== undefined) return { reason: `${JSON.stringify(wrong)} is no name: ${NAME_WORDS}` };
      const isTwice = new Set(names).size < names.length;
      return isTwice ? { reason: 'a name is there twice' } : { value: names };
    },
    fromText,
    show: (names) => names.join(', ') || '(none)',
    showRefused: (raw) => JSON.stringify(raw),
  };
}

/** The name of one; whether it is there is checked with all of them. */
export function modelName(): Allowed<string> {
  return {
    words: 'the name of a model server',
    check: (raw) =>
      typeof raw === 'string' && MODEL_NAME.test(raw)
        ? { value: raw }
        : { reason: `${JSON.stringify(raw)} is no name: ${NAME_WORDS}` },
    fromText: (text) => text,
    show: (name) => name,
    showRefused: (raw) => JSON.stringify(raw),
  };
}

function reasonAgainst(name: string, section: unknown): string | undefined {
  if (name === FIRST_MODEL) return `${name} is the server of provider_url: take another name`;
  if (!MODEL_NAME.test(name)) return `${JSON.stringify(name)} is no name: ${NAME_WORDS}`;
  return isSection(section) ? undefined : `${name} has no settings below it`;
}

function isSection(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
