import { isHostName } from '../base/host-list.ts';
import type { Allowed } from './allowed.ts';

/** Names of hosts, in lower case. */
export function hostNames(): Allowed<readonly string[]> {
  const fromText = (text: string) => text.split(',').map((name) => name.trim());
  return {
    words: 'names of hosts without ports, in YAML as a list, in the environment with commas between',
    check: (raw) => {
      const names: unknown = typeof raw === 'string' ? fromText(raw) : raw;
      const isList = Array.isArray(names) && names.every((one): one is string => typeof one === 'string');
      if (!isList) return { reason: '' };
      const wrong = names.find((name) => !isHostName(name));
      if (wrong !== undefined) return { reason: `${JSON.stringify(wrong)} is no name of a host` };
      return { value: names.map((name) => name.toLowerCase()) };
    },
    fromText,
    show: (names) => names.join(', ') || '(none)',
    showRefused: (raw) => JSON.stringify(raw),
  };
}
