import { EMOTION_NAMES } from '../language/emotion.ts';
import { isGesture } from './gestures.ts';

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
/** （微笑）, (웃으며): letters without case, and no number or end of a sentence, as a remark to the player might have. */
const GLOSS = /^[\p{Lo}\p{M}ー、， ]{1,40}$/u;
/** *sorri com calma*: small letters, in a text that shows by others than a to z that it is no English. */
const NOT_ENGLISH = /[ß-öø-ɏа-яё]/iu;
const SMALL_WORDS = /^\p{Ll}[\p{L}\p{M}'’, -]{1,60}$/u;
/** What begins behind one. */
const AFTER = /^[\p{Lu}\p{Lo}"“„«»¡¿「『（【*(]/u;
/** What stands before a direction between sentences. */
const BEFORE = /(?:^|[\p{Sentence_Terminal}…⋯"”“’»*」』）】〉》])$/u;
/** What nobody says: a notice, such as [no reply]. */
const NOTICE =
  /^\s*(?:\[[^[\]]*\]|[({（]\s*(?:no (?:response|reply|answer|output|text|comment)|empty|silence|blank)\s*[)}）])\s*$/i;

/** Takes out what an NPC does between what it says: *nods*, (smiles), [He looks around.]; *very* and (or so) stay as words. */
export function withoutStageDirections(text: string): string {
  if (NOTICE.test(text)) return '';
  return text
    .replace(STARRED, (found, inner: string, at: number) => {
      const isDirection = isBetweenSentences(text, at, found.length) || isDeed(inner);
      return isDirection || isGlossApart(text, { inner, at, length: found.length }) ? ' ' : inner;
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
  if (isGesture(inner)) return true;
  if (isBetween) return isDeed(inner) || isManner(inner) || isForeignAside(inner, text);
  return (
    DEED.test(inner.trim()) &&
    /^(?:sighs?|laughs|chuckles|smiles|nods|pauses|winks|grins|shrugs|coughs|giggles|snorts|frowns|bows|thinking)\b/i.test(
      inner.trim(),
    )
  );
}

function isDeed(inner: string): boolean {
  return DEED.test(inner.trim()) || isGesture(inner);
}

function isManner(inner: string): boolean {
  return MANNER.test(inner) || EMOTION_WORDS.has(inner.toLowerCase());
}

function isForeignAside(inner: string, text: string): boolean {
  return GLOSS.test(inner) || (NOT_ENGLISH.test(text) && SMALL_WORDS.test(inner));
}

/** 那麼⋯⋯*撫摸鬍鬚*你 and not 今天*特別*冷: letters on both sides have a stressed word between them. */
function isGlossApart(text: string, { inner, at, length }: Aside): boolean {
  const isWithin = /[\p{L}\p{M}]$/u.test(text.slice(0, at)) && /^\p{L}/u.test(text.slice(at + length));
  return GLOSS.test(inner) && !isWithin;
}

/** At the beginning, at the end, or with a sentence's end before it: "*very* good" within one is only stressed. */
function isBetweenSentences(text: string, at: number, length: number): boolean {
  const before = text.slice(0, at).trimEnd();
  const after = text.slice(at + length).trimStart();
  return BEFORE.test(before.slice(-2)) && (after === '' || AFTER.test(after.slice(0, 2)));
}

const QUOTED = [
  ...[/^"([^"]+)"$/, /^“([^“”]+)”$/, /^„([^„“”]+)[“”]$/, /^«([^«»]+)»$/, /^»([^«»]+)«$/],
  ...[/^「([^「」]+)」$/, /^『([^『』]+)』$/],
];

/** An answer that stands in quotes as a whole. */
export function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const found = QUOTED.map((quotes) => quotes.exec(trimmed)?.[1]).find((inner) => inner !== undefined);
  return found ?? text;
}
