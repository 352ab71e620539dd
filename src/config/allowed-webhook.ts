import type { Allowed } from './allowed.ts';

const WORDS = 'an http:// or https:// address; with a key in it, as Discord gives it';

/** The address is the key: whoever has it may write into the channel. So it is shown nowhere. */
export function webhookUrl(): Allowed<string> {
  return {
    words: WORDS,
    check: (raw) => {
      if (typeof raw !== 'string' || !isHttpUrl(raw)) return { reason: '' };
      const { username, password } = new URL(raw);
      return username === '' && password === ''
        ? { value: raw }
        : { reason: 'it has a user name or a password' };
    },
    fromText: (text) => text,
    show: () => '***',
    showRefused: () => '***',
    isSecret: true,
  };
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/\\]/i.test(text) && !/[\s\\]|\p{Cc}/u.test(text) && URL.canParse(text);
}
