import {
  type MarkSide,
  type MarkTopic,
  sideOf,
  toKey,
  topicOfElement,
  topicOfName,
  topicOfToken,
} from './mark-names.ts';

/** A mark of a model's way of working in what it wrote. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly topic: MarkTopic;
  readonly side: MarkSide;
  /** The same for both sides of a pair. */
  readonly name: string;
  /** Tokens are never typed by chance; a channel ends whatever was open before. */
  readonly form: 'element' | 'bracket' | 'fence' | 'token' | 'channel';
}

type Seen = Pick<Mark, 'topic' | 'side' | 'name' | 'form'>;

/** One form of marks; a mark without a meaning here is text. */
interface MarkForm {
  readonly pattern: string;
  see(found: readonly string[], text: string): Seen | undefined;
}

/** The longest thoughts that were seen have some dozen; each costs a look at the others. */
export const MAX_MARKS = 1_000;

/** Every group counts as bounded: a pattern may begin at each < of a text, and gives up soon. */
const FORMS: readonly MarkForm[] = [
  {
    // gpt-oss: <|channel|>final <|constrain|>json<|message|>
    pattern: String.raw`<\|channel\|>\s{0,3}(analysis|commentary|final|\w{0,30})(?:[^<\n]{0,60}(?:<\|constrain\|>[^<\n]{0,30})?<\|message\|>)?`,
    see: ([, name = '']) => channel(name),
  },
  {
    // Addressed to the model itself, to the user, or to a tool.
    pattern: String.raw`(?:<\|start\|>\s{0,3}assistant)?[ \t]{0,3}\bto=([\w.-]{1,60})<\|message\|>`,
    see: ([, name = '']) => channel(name === 'user' ? 'final' : name),
  },
  {
    pattern: String.raw`<\|(open|close)\|>(\w{1,40})<\|sep\|>`,
    see: ([, side, name = '']) =>
      side?.toLowerCase() === 'close' ? { ...channel(name), side: 'close', form: 'token' } : channel(name),
  },
  {
    // <|im_start|>assistant, <start_of_turn>model, <|start_header_id|>user<|end_header_id|> and their kin.
    pattern: String.raw`<\|?(?:im_start|start|start_header_id|header_start|start_of_role|role_start|start_of_turn|start_of_turn_token|begin|turn)\|?>[ \t]{0,3}(\w{0,30})(?:[^<\n]{0,60}(?=<\|(?:channel|message)\|>))?(?:<\|(?:end_header_id|header_end|end_of_role|role_end|message|im_middle|im_sep)\|>)?`,
    see: ([, role = '']) => turn(role === '' ? 'assistant' : role),
  },
  {
    pattern: String.raw`<\|im_(assistant|user|system)\|>\w{0,30}<\|im_middle\|>`,
    see: ([, role = '']) => turn(role),
  },
  {
    // Gemma 4 names the channel behind its opening mark.
    pattern: String.raw`<\|channel>\s{0,3}(\w{0,30})`,
    see: ([, name = '']) => ({ ...channel(name), name: 'channel', form: 'token' }),
  },
  {
    pattern: String.raw`<channel\|>`,
    see: () => ({ ...channel('thought'), side: 'close', form: 'token', name: 'channel' }),
  },
  {
    pattern: String.raw`<[|｜]([^<>\n]{1,60}?)[|｜]?>|<([^<>|｜\n]{1,40})[|｜]>`,
    see: ([, a, b]) => token(a ?? b ?? ''),
  },
  { pattern: String.raw`[◁⟨]([^◁▷⟨⟩\n]{1,30})[▷⟩]`, see: ([, name = '']) => element(name, '') },
  {
    pattern: String.raw`<<(\/?[A-Z]{2,20})>>`,
    see: ([, name = '']) => turn(name.startsWith('/') ? 'assistant' : 'system'),
  },
  {
    pattern: String.raw`\[(\/?[\p{L}][\p{L}\d_ ]{1,40})\]`,
    see: ([, name = ''], text) => bracket(name, text),
  },
  {
    // Any other bracket, where it stands in pairs: {think}…{/think}, 【思考】…【/思考】.
    pattern: String.raw`(?:\{\{?|[(【〈《])(\/?\p{L}[\p{L}\d_]{1,30})(?:\}?\}|[)】〉》])`,
    see: ([written = '', name = ''], text) => pairedBracket(written, name, text),
  },
  {
    // A fence that is named for thoughts, and its end.
    pattern:
      '(?<![^\\n])[ \\t]{0,3}(?:`{3,5}|~{3,5})[ \\t]{0,3}(?:(\\w{1,20})(?:[ \\t]{1,3}[\\w="\'.-]{1,20}){0,3}[ \\t]{0,3}|[ \\t]{0,3})(?![^\\n])',
    see: ([, name = '']) => fence(name),
  },
  // No closing mark has attributes; some lose their last character.
  {
    pattern: String.raw`<(\/[\p{L}_][^<>\s]{0,60})(?:\s{0,3}>|(?=[ \t]{0,3}\n))`,
    see: ([, inside = '']) => element(inside, ''),
  },
  { pattern: String.raw`<(\/?[\p{L}_][^<>]{0,200})>`, see: ([, inside = ''], text) => element(inside, text) },
];
const MARKS = new RegExp(FORMS.map(({ pattern }) => `(?:${pattern})`).join('|'), 'giu');
const ALONE = FORMS.map(({ pattern, see }) => ({ see, pattern: new RegExp(pattern, 'iuy') }));

/**
 * The marks of a text in order, one more than MAX_MARKS at the most. Elements that are named for a speaker are labels, and
 * no marks.
 */
export function findMarks(text: string, labels: readonly string[]): Mark[] {
  const own = new Set(labels.map(toKey));
  const marks: Mark[] = [];
  let isInFence = false;
  for (const found of text.matchAll(MARKS)) {
    const [written] = found;
    const seen = seenIn(found, text);
    if (seen === undefined || (seen.topic === 'unknown' && own.has(toKey(written)))) continue;
    // A fence around an answer is no mark; that of thoughts ends with the next bare one.
    if (seen.form === 'fence' && seen.side === (isInFence ? 'open' : 'close')) continue;
    if (seen.form === 'fence') isInFence = !isInFence;
    marks.push({ ...seen, start: found.index, end: found.index + written.length });
    if (marks.length > MAX_MARKS) break;
  }
  return marks;
}

/** Where it stands, because some forms look at what is around them. */
function seenIn({ 0: written, index }: RegExpExecArray, text: string): Seen | undefined {
  for (const { pattern, see } of ALONE) {
    pattern.lastIndex = index;
    const found = pattern.exec(text);
    if (found?.[0] === written) return see(found, text);
  }
  return undefined;
}

function channel(name: string): Seen {
  const topic = topicOfName(toKey(name));
  const isFinal = topic === 'final' || topic === 'self';
  return { topic: isFinal ? 'final' : 'thought', side: 'open', name: toKey(name), form: 'channel' };
}

/** A turn of "think" or "answer" is a channel. */
function turn(role: string): Seen {
  const topic = topicOfName(toKey(role));
  if (topic === 'thought' || topic === 'final') return channel(role);
  return { topic: topic === 'self' ? 'self' : 'other', side: 'single', name: toKey(role), form: 'token' };
}

function token(inside: string): Seen {
  const key = toKey(inside);
  const topic = topicOfToken(key);
  const form = topic === 'final' ? 'channel' : 'token';
  return { topic, side: sideOf(key), name: pairNameOf(key), form };
}

/** <looks up>: what somebody does, or the name of a thing. */
const SAID_IN_ANGLES = /^\p{L}[\p{L}'’-]*(?:,? [\p{L}'’-]+)+\.?$/u;

function element(inside: string, text: string): Seen | undefined {
  const [first = ''] = inside.trim().split(/\s/, 1);
  const key = toKey(first);
  const shown = sideOf(key);
  const isWhole = /\/\s*$/.test(inside) && !key.startsWith('/');
  const side = shown === 'close' ? 'close' : isWhole ? 'single' : 'open';
  const topic = topicOfElement(key);
  if (topic === 'unknown' && SAID_IN_ANGLES.test(inside) && !text.includes(`</${first}`)) return undefined;
  return { topic, side, name: pairNameOf(key), form: 'element' };
}

/**
 * "[nods]" is no mark: only what is in capitals and has a name that is known, or has its closing bracket behind it.
 * [INST] begins what the user says, [/INST] what the model does.
 */
function bracket(inside: string, text: string): Seen | undefined {
  const key = toKey(inside);
  const name = pairNameOf(key);
  const isPair = /^[/\w]+$/.test(inside) && text.toLowerCase().includes(`[/${name}]`);
  const isLoud = inside === inside.toUpperCase() || /^unused\d+$/.test(inside);
  if (!isPair && !isLoud) return undefined;
  if (name === 'inst' || name === 'sys') return turn(key === '/inst' ? 'assistant' : 'user');
  const topic = topicOfElement(key);
  if (topic === 'speech' || (topic === 'unknown' && !isPair)) return undefined;
  const shown = sideOf(key);
  return { topic, side: shown === 'single' ? 'open' : shown, name, form: 'bracket' };
}

function pairedBracket(written: string, name: string, text: string): Seen | undefined {
  const bare = name.replace(/^\//, '');
  const open = written.slice(0, written.indexOf(name));
  const isPair = text.toLowerCase().includes(`${open}/${bare}`.toLowerCase());
  const key = toKey(name);
  const topic = topicOfElement(key);
  // Round brackets and those of titles stand around words by themselves, too.
  const isSure = topic === 'thought' && /^[{【]/.test(open);
  if (topic === 'speech' || !(isPair || isSure)) return undefined;
  return { topic, side: key.startsWith('/') ? 'close' : 'open', name: pairNameOf(key), form: 'bracket' };
}

function fence(name: string): Seen | undefined {
  if (name === '') return { topic: 'thought', side: 'close', name: 'fence', form: 'fence' };
  if (topicOfElement(toKey(name)) !== 'thought') return undefined;
  return { topic: 'thought', side: 'open', name: 'fence', form: 'fence' };
}

/** "begin_of_thought" and "end_of_thought" are the two sides of "of_thought". */
function pairNameOf(key: string): string {
  return key
    .split(/[_/|]+/)
    .filter((word) => word !== '' && !/^(?:begin|start|open|prefix|end|close|suffix|stop)$/.test(word))
    .join('_');
}
