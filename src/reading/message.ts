/** A part of a model's message, with the type that its server gives it; a message of one string is one part, text. */
interface MessagePart {
  readonly type: string;
  readonly text: string;
}

/** A model's message, as it came. */
export interface Message {
  readonly parts: readonly MessagePart[];
  /** It was stopped by max_tokens. */
  readonly isCut: boolean;
}

/** What a model server gave, as far as it is read here. */
interface Given {
  readonly text: string;
  readonly parts: readonly MessagePart[];
  readonly reasoning: string;
  readonly finishReason: string | null;
}

/** Thoughts that the server keeps apart come first, as they were written. */
export function toMessage({ text, parts, reasoning, finishReason }: Given): Message {
  const words = parts.length > 0 ? parts : [{ type: 'text', text }];
  const thoughts = reasoning === '' ? [] : [{ type: 'reasoning', text: reasoning }];
  return { parts: [...thoughts, ...words], isCut: finishReason === 'length' };
}

/** The JSON that a model was asked for. */
export interface Form {
  readonly fields: readonly string[];
  /** Without this field an object is no answer. */
  readonly needs: 'text' | 'choice' | 'emotion' | 'option_1' | 'line_1';
}

/** Who may stand before a line, as in a play. */
export interface LineNames {
  readonly npc: readonly string[];
  readonly player: readonly string[];
}

export interface Asked {
  readonly form: Form;
  readonly names: LineNames;
}

/** By what the final word was known. */
export type Evidence =
  | 'JSON as asked'
  | 'JSON that lost its end'
  | 'lines of the fields asked for'
  | 'final channel'
  | 'marks of an answer'
  | 'text after closed thoughts'
  | 'plain words, not cut';

export interface LeftOut {
  readonly text: string;
  readonly why: string;
}

interface Read {
  /** All that the model wrote, thoughts in parts of their own included. */
  readonly wrote: string;
  readonly leftOut: readonly LeftOut[];
}

/** The object that was asked for; its texts are words alone. What the NPC says is `text`, whatever the model called it. */
interface FieldsRead extends Read {
  readonly kind: 'fields';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly evidence: readonly Evidence[];
  /** The end of it is missing. */
  readonly isCut: boolean;
}

interface WordsRead extends Read {
  readonly kind: 'words';
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly isCut: boolean;
}

/** Nothing of it is known to be the final word. */
interface NothingRead extends Read {
  readonly kind: 'nothing';
  /** What the model wrote instead, to stand behind "The model wrote". */
  readonly why: string;
}

/** What a message comes to: its final word with the evidence for it, and what was left out with the reason. */
export type Reading = FieldsRead | WordsRead | NothingRead;
