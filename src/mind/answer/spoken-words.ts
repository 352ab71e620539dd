/**
 * One to three words with capitals and a colon at the beginning, and then speech: who speaks, as in a play. "Geffen:
 * leave by the west gate" goes on without a capital, and is speech as a whole.
 */
const SPEAKER_LABEL =
  /^[ \t]*[[(]?\p{Lu}[\p{L}\p{N}'’_-]{0,30}(?: (?:of |the |von |de )?\p{Lu}[\p{L}\p{N}'’_-]{0,30}){0,2}(?: ?\([^)\n]{0,30}\))?[\])]?[ \t]*:(?=[ \t]*(?:$|[\n\p{Lu}\p{Lo}"'“‘«*([]|(?:i|i['’]m|my|hello|hi|hey|greetings|welcome|yes|no|sure|ok|okay|well)\b))[ \t]*/u;
/** Takes out "Old Man:" before what he says, whoever he is; who is known by name is told apart in the reading. */
export function withoutSpeakerLabel(text: string): string {
  return text.replace(SPEAKER_LABEL, '');
}

const STARRED = /\*([^*\n]{1,200})\*/g;
const PARENTHESISED = /\(([^()\n]{1,200})\)/g;
const BRACKETED = /\[([^[\]\n]{1,200})\]/g;
/** "nods slowly", "smiling at you", "She sighs": what somebody is seen to do. */
const DEED = /^(?:(?:he|she|they|it|the \p{L}+) )?(?:\p{L}+ly )?\p{L}{2,}(?:s|ing)\b/iu;

/** Takes out what an NPC does between what it says: *nods*, (smiles), [He looks around.]; *very* and (or so) stay as words. */
export function withoutStageDirections(text: string): string {
  return text
    .replace(STARRED, (found, inner: string, at: number) => {
      const isDirection = isBetweenSentences(text, at, found.length) || isDeed(inner);
      return isDirection ? ' ' : inner;
    })
    .replace(PARENTHESISED, (found, inner: string) => (isDeed(inner) ? ' ' : found))
    .replace(BRACKETED, (_, inner: string) => (isDeed(inner) ? ' ' : inner));
}

function isDeed(inner: string): boolean {
  return DEED.test(inner.trim());
}

/** At the beginning, at the end, or with a sentence's end before it: "*very* good" within one is only stressed. */
function isBetweenSentences(text: string, at: number, length: number): boolean {
  const before = text.slice(0, at).trimEnd();
  const after = text.slice(at + length).trimStart();
  return /(?:^|[.!?…"”*])$/.test(before) && (after === '' || /^[\p{Lu}\p{Lo}"“*(]/u.test(after));
}

const QUOTED = [/^"([^"]+)"$/, /^“([^“”]+)”$/, /^«([^«»]+)»$/, /^「([^「」]+)」$/];

/** An answer that stands in quotes as a whole. */
export function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const found = QUOTED.map((quotes) => quotes.exec(trimmed)?.[1]).find((inner) => inner !== undefined);
  return found ?? text;
}
