type Fields = Readonly<Record<string, unknown>>;

/** What a model wrote, as far as it can be made out. */
export type ModelAnswer =
  | { readonly kind: 'fields'; readonly fields: Fields }
  /** It kept to no form: plain words. */
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'nonsense' };

const THOUGHTS = /^[\s\S]*<\/(?:think|thinking|thought|reasoning)>/i;
const FENCED = /```(?:json|JSON)?\s*([\s\S]*?)(?:```|$)/;
const TRAILING_COMMA = /,(?=\s*[}\]])/g;
const PAGE = /^\s*(?:<\?xml\b[^>]*>\s*)?<(?:!doctype|html|head|body)\b/i;
/** Words do not begin so; a broken object does. */
const BROKEN_JSON = /^\s*(?:[{[]\s*["{[\]}']|[{[]\s*$)|"\s*:\s*["[{\d]/;
const SPOKEN_STRING = /"(?:text|response|message|reply|answer|content)"\s*:\s*("(?:[^"\\]|\\.)*)/;

/** Reads an answer that should be one JSON object, and repairs the usual: fences, words around it, commas, a lost end. */
export function readModelAnswer(content: string): ModelAnswer {
  const text = content.replace(THOUGHTS, '').trim();
  if (PAGE.test(text)) return { kind: 'nonsense' };
  const fields =
    [text, FENCED.exec(text)?.[1], firstObject(text)].map(parseObject).find(Boolean) ?? lostEnd(text);
  if (fields) return { kind: 'fields', fields };
  if (text === '' || BROKEN_JSON.test(text)) return { kind: 'nonsense' };
  return { kind: 'words', words: text };
}

function parseObject(text: string | undefined): Fields | undefined {
  if (text === undefined || !text.trim().startsWith('{')) return undefined;
  const value = parse(text) ?? parse(text.replace(TRAILING_COMMA, ''));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The next way of reading it has its turn.
    return undefined;
  }
}

/** The first {…} of a text whose braces match, braces in strings not counted. */
function firstObject(text: string): string | undefined {
  const start = text.indexOf('{');
  if (start === -1) return undefined;
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return text.slice(start, at + 1);
    }
  }
  return undefined;
}

/** An object that was cut in the middle of what the NPC says: {"text": "Well met, trav */
function lostEnd(text: string): Fields | undefined {
  const string = SPOKEN_STRING.exec(text)?.[1];
  if (string === undefined) return undefined;
  const whole = parse(`${string.replace(/\\(?:u[\da-f]{0,3})?$/i, '')}"`);
  return typeof whole === 'string' ? { text: whole } : undefined;
}
