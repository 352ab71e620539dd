/** What a script calls a reveal of a persona: short, and plain in JSON, in a script and on a command line. */
export const REVEAL_NAME = /^[A-Za-z0-9_-]{1,50}$/;
export const REVEAL_NAME_RULE = 'must be a name of 1 to 50 letters from A to Z, digits, _ and -';
/** Of a persona, and of a request: 20 of 400 characters are some 2,000 tokens of a prompt. */
export const MAX_REVEALS = 20;
