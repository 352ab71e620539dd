import { EMOTION_NAMES } from '../language/emotion.ts';

/**
 * One to three words with capitals and a colon at the beginning, and then speech: who speaks, as in a play. "Geffen:
 * leave by the west gate" goes on without a capital, and is speech as a whole.
 */
const SPEAKER_LABEL =
  /^[ \t]*(?!\[[^\]\n]{0,40}:)[[(]?\p{Lu}[\p{L}\p{N}'’_-]{0,30}(?: (?:of |the |von |de )?\p{Lu}[\p{L}\p{N}'’_-]{0,30}){0,2}(?: ?\([^)\n]{0,30}\))?[\])]?[ \t]*:(?=[ \t]*(?:$|[\n\p{Lu}\p{Lo}"'“‘«*([]|(?:i|i['’]m|my|hello|hi|hey|greetings|welcome|yes|no|sure|ok|okay|well)\b))[ \t]*/u;
/** Takes out "Old Man:" before what he says, whoever he is; who is known by name is told apart in the reading. */
export function withoutSpeakerLabel(text: string): string {
  return text.replace(SPEAKER_LABEL, '');
}

const EMOTION_WORDS: ReadonlySet<string> = new Set(EMOTION_NAMES);
const STARRED = /\*(?=\S)([^*]{1,200})(?<=\S)\*/g;
/** **looks up**, ~smiles~, ::smiles::, -smiles-: in small letters and without an end of a sentence. */
const WRAPPED =
  /(?<![\p{L}\p{N}*_~:-])(\*{2,3}|_{1,3}|~{1,2}|::|-)(\p{Ll}[^*_~:\n.!?]{1,60})\1(?![\p{L}\p{N}*_~:-])/gu;
/** (smiles), （微笑）, {smiles} and ((smiles)) */
const PARENTHESISED =
  /\(\(([^()\n]{1,200})\)\)|\(([^()\n]{1,200})\)|（([^（）\n]{1,60})）|\{(\p{L}[^{}\n]{1,60})\}/gu;
const BRACKETED = /\[([^[\]\n]{1,200})\]/g;
/** "nods slowly", "smiling at you", "She sighs": what somebody is seen to do. */
const DEED =
  /^(?:(?:he|she|they|it|the \p{L}+) )?(?:\p{L}+ly )?(?!(?:this|his|its|yes|was|perhaps|always|sometimes|unless|across|nothing|something|anything)\b)\p{L}{2,}(?:(?<!s)s|ing)\b/iu;
/** "dryly", "calm": how something is said. */
const MANNER = /^\p{L}+ly$/iu;
/** （微笑）, （笑）: a deed in one to four letters of Chinese or Japanese. */
const GLOSS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,4}$/u;
/** What nobody says: a notice, such as [no reply]. */
const NOTICE =
  /^\s*(?:\[[^[\]]*\]|[({（]\s*(?:no (?:response|reply|answer|output|text|comment)|empty|silence|blank)\s*[)}）])\s*$/i;

/** Takes out what an NPC does between what it says: *nods*, (smiles), [He looks around.]; *very* and (or so) stay as words. */
export function withoutStageDirections(text: string): string {
  if (NOTICE.test(text)) return '';
  return text
    .replace(STARRED, (found, inner: string, at: number) => {
      const isDirection = isBetweenSentences(text, at, found.length) || isDeed(inner);
      return isDirection ? ' ' : inner;
    })
    .replace(PARENTHESISED, (found, ...groups: unknown[]) => {
      const inner = groups.slice(0, 4).find((group) => typeof group === 'string') ?? '';
      const at = Number(groups[4]);
      return isAside(text, { inner, at, length: found.length }) ? ' ' : found;
    })
    .replace(BRACKETED, (found, inner: string, at: number) =>
      isAside(text, { inner, at, length: found.length }) ? ' ' : inner,
    );
}

/** Before markdown goes: **looks up**, _smiles_. */
export function withoutWrappedDeeds(text: string): string {
  return text.replace(WRAPPED, (found, _, inner: string, at: number) =>
    isDeed(inner) && isBetweenSentences(text, at, found.length) ? ' ' : found,
  );
}

interface Aside {
  readonly inner: string;
  readonly at: number;
  readonly length: number;
}

/** Between sentences a deed, an emotion or a manner; within one only what nobody could sell: (sighs), and no [Red Potions]. */
function isAside(text: string, { inner, at, length }: Aside): boolean {
  const isBetween = isBetweenSentences(text, at, length);
  if (isBetween)
    return isDeed(inner) || MANNER.test(inner) || EMOTION_WORDS.has(inner.toLowerCase()) || GLOSS.test(inner);
  return (
    isDeed(inner) &&
    /^(?:sighs?|laughs|chuckles|smiles|nods|pauses|winks|grins|shrugs|coughs|giggles|snorts|frowns|bows|thinking)\b/i.test(
      inner.trim(),
    )
  );
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
