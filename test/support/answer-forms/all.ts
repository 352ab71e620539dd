import { CHANNEL_FORMS } from './channels.ts';
import { CUT_FORMS } from './cut-thoughts.ts';
import { type AnswerForm, PLAYER } from './form.ts';
import { JSON_FORMS } from './json.ts';
import { LABEL_VARIANTS_FORMS } from './label-variants.ts';
import { MARK_VARIANTS_FORMS } from './mark-variants.ts';
import { OBJECT_VARIANTS_FORMS } from './object-variants.ts';
import { PLAIN_FORMS } from './plain.ts';
import { SERVER_FORMS } from './servers.ts';
import { SPEECH_FORMS } from './speech.ts';
import { THOUGHT_FORMS } from './thoughts.ts';
import { TOKEN_FORMS } from './tokens.ts';
import { WRAPPED_FORMS } from './wrapped.ts';

/** Every form in which an answer was seen, with the right words beside each. */
export const ANSWER_FORMS: readonly AnswerForm[] = [
  ...THOUGHT_FORMS,
  ...CUT_FORMS,
  ...CHANNEL_FORMS,
  ...TOKEN_FORMS,
  ...JSON_FORMS,
  ...WRAPPED_FORMS,
  ...SERVER_FORMS,
  ...PLAIN_FORMS,
  ...MARK_VARIANTS_FORMS,
  ...OBJECT_VARIANTS_FORMS,
  ...LABEL_VARIANTS_FORMS,
  ...SPEECH_FORMS,
];

/** The body of a 200 with this form. */
export function completionOf({ content, reasoning, finish }: AnswerForm): object {
  return {
    id: 'chatcmpl-form',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'tiny',
    choices: [
      { index: 0, message: { role: 'assistant', content, ...reasoning }, finish_reason: finish ?? 'stop' },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  };
}

/** Of a script that English does not have: an answer in another one than the talk's is refused. */
const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Han}/u, 'zh-TW'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Arabic}/u, 'ar'],
];

/** What a player asks for the form with this number, in the language of its words. */
export function questionOf(at: number) {
  const says = ANSWER_FORMS[at]?.says ?? '';
  const [, language = 'en'] = LANGUAGES.find(([script]) => script.test(says)) ?? [];
  return { npc_id: 'sage-of-prontera', message: `form ${at}`, player: { name: PLAYER }, language };
}
