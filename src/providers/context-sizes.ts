import type { ContextSizes } from './model-error.ts';
import type { ServerWords } from './server-words.ts';

const NUMBER = String.raw`(\d[\d,]*)`;
const CONTEXT_FORMS = [
  `(?:maximum )?context (?:length|size|window)(?: is| of(?: only)?)? ?\\(?${NUMBER}`,
  `with ${NUMBER} maximum context`,
  `tokens > ${NUMBER} maximum`,
  `must be <= ${NUMBER}`,
  `maximum number of tokens allowed \\(${NUMBER}`,
  `maximum (?:input|context)[^\\d]{0,20}${NUMBER}`,
];
const PROMPT_FORMS = [
  `${NUMBER} (?:tokens )?(?:in the messages|of text input|input tokens)`,
  `(?:requested|resulted in|contains|given:)(?: about)? ${NUMBER}`,
  `request \\(${NUMBER} tokens`,
  `too long: ${NUMBER} tokens`,
  `input token count \\(${NUMBER}`,
  `first ${NUMBER} tokens`,
];

/** Reads them from a refusal: llama.cpp gives numbers, all others a sentence. */
export function sizesIn({ message, contextTokens, promptTokens }: ServerWords): ContextSizes {
  return {
    contextTokens: contextTokens ?? numberIn(message, CONTEXT_FORMS),
    promptTokens: promptTokens ?? numberIn(message, PROMPT_FORMS),
  };
}

function numberIn(said: string, forms: readonly string[]): number | null {
  for (const form of forms) {
    const number = new RegExp(form, 'i').exec(said)?.[1];
    if (number !== undefined) return Number(number.replaceAll(',', ''));
  }
  return null;
}
