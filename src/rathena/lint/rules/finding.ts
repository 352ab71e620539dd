/** What is wrong at one place of a script. */
export interface Finding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The rule's name, in words with hyphens. */
  readonly rule: string;
  /** What is so, with its value: a sentence. */
  readonly reason: string;
  /** What to write in its place: a sentence. */
  readonly remedy: string;
}

/** What a rule says of a place; the file is added by whoever knows it. */
export type Remark = Omit<Finding, 'file'>;
