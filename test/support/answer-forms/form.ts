/** One way in which a model or its server gives an answer, in words of our own. */
export interface AnswerForm {
  /** What gives it: a family of models, a template, a server, a gateway. */
  readonly from: string;
  /** Where the form is documented or was seen. */
  readonly source: string;
  readonly content: string | readonly Record<string, unknown>[] | null;
  /** Beside the content, as the servers name it. */
  readonly reasoning?: { readonly [field: string]: unknown };
  /** Default stop. */
  readonly finish?: 'stop' | 'length';
  /** What the NPC says; null where there is no answer in it, or none that shows. */
  readonly says: string | null;
  /** Only the fallback answers, though a person would find the words. */
  readonly isLost?: true;
}

/** The player of all forms, and the NPC. */
export const PLAYER = 'Ana';
export const NPC = 'Sage of Prontera';

export const WORDS = 'Well met, traveler.';
/** Long enough to stand without the sentence behind it, which was cut. */
export const LONG = 'Well met, traveler. Sit down by the fire.';
export const OBJECT = `{"text": "${WORDS}", "emotion": "calm", "action": "nods"}`;
/** Every thought has this word, and no answer may. */
export const SECRET = 'secretly';
export const THOUGHT = `He seems ${SECRET} tired. Perhaps something warm, not too long.`;
export const DRAFT = `Perhaps {"text": "You look ${SECRET} tired.", "emotion": "sad"} would do.`;

/** The source of forms that are close to those seen: the rule has to hold for them, too. */
export const OURS = 'made by us, after those that were seen';

type More = Partial<Omit<AnswerForm, 'from' | 'source' | 'content'>>;

/** A form whose right words are the usual ones. */
export function spoken(
  from: string,
  source: string,
  content: AnswerForm['content'],
  more: More = {},
): AnswerForm {
  return { from, source, content, says: WORDS, ...more };
}

/** A form without an answer. */
export function silent(
  from: string,
  source: string,
  content: AnswerForm['content'],
  more: More = {},
): AnswerForm {
  return { from, source, content, says: null, ...more };
}
