/**
 * What a mark stands for: `thought` and `tool` are ways of working, `final` is the answer; `self` and `other` begin a
 * turn of the model or of somebody else, `end` ends one; `nothing` is only there; `speech` belongs to what is said, such
 * as <b>; `unknown` is a way of working until something shows that it is not.
 */
export type MarkTopic =
  | 'thought'
  | 'tool'
  | 'final'
  | 'self'
  | 'other'
  | 'end'
  | 'nothing'
  | 'speech'
  | 'unknown';

/** A special token often has one side only. */
export type MarkSide = 'open' | 'close' | 'single';

const THOUGHT =
  /^(?:think|thought|reason|analy[sz]|reflect|scratch|monolog|deliberat|introspect|critique|brainstorm|commentary|draft|思|推理|分析|생각|추론|planning$|plan$|inner$|internal$|cot$)/;
const TOOL =
  /^(?:tools?|functions?|calls?|invoke|action|parameter|args|arguments|code$|python$|ipython$|plugin|api$|dsml|atem|fim|observation)/;
const FINAL =
  /^(?:answer|final|response|reply|output|result|solution|conclusion|speech|say|says|speak|spoken|dialogue|utterance|content|text|message|回答|答案|答复|回复|输出|답변|응답)$/;
const SELF = /^(?:assistant|model|chatbot|bot|gpt|inst|npc)$/;
const OTHER = /^(?:user|system|human|developer|environment|sys)$/;
const OPEN = /^(?:begin|start|open|prefix)$/;
const CLOSE = /^(?:end|close|suffix|stop)$/;
const NO_THOUGHT = /^(?:nothink|no)$/;

/** Where a model's turn ends in the raw text of chat templates. */
const ENDS = new Set(
  `im_end eot eot_id eom eom_id end endoftext end_of_text end_of_turn end_of_sentence end_of_message end_of_msg
  end_message end_turn return eos eop eod call call_end end_of_utterance end_of_turn_token content_model_end_sampling
  endofprompt endofturn im_stop stop turn_end message_end plamo_tag /s /turn turn| role_end /message /assistant`.split(
    /\s+/,
  ),
);
/** Gemma and some others write their tokens as elements. */
const ELEMENT_END = /^(?:\/s|\/?eo[a-z]|end_?of_?\w+)$/;
/** Where a text begins, and what separates or fills. The box of GLM only stresses what is in it. */
const NOTHINGS = new Set(
  `bos s pad unk begin_of_text startoftext begin_of_sentence begin_of_document start_of_text message sep im_middle im_sep
  im_assistant_sep constrain begin_of_box end_of_box nothink no_think /nothink empty empty_output plamo_msg mask extra_0
  sop gmask`.split(/\s+/),
);
/** What is said may be written with these: HTML for text, and the tags of the game's client. */
const SPEECH = new Set(
  `a abbr b big blockquote br center cite del div em font h1 h2 h3 h4 h5 h6 hr i iframe img ins li mark object ol p pre q
  script small span strike strong style sub sup svg table tbody td th thead tr tt u ul info item itemlink itemname navi
  url color colour size spoiler quote`.split(/\s+/),
);

/** The words of a mark's name, small: "END_THINKING", "FinalAnswer" and "think:end" have two. */
export function toKey(name: string): string {
  return name
    .replace(/(?<=\p{Ll}{2})(?=\p{Lu}\p{Ll}{2})/gu, '_')
    .toLowerCase()
    .replace(/[^\p{L}\d/|]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/** What a special token such as <|im_end|> stands for. */
export function topicOfToken(key: string): MarkTopic {
  if (ENDS.has(key)) return 'end';
  if (NOTHINGS.has(key)) return 'nothing';
  return wordsOf(key).some((word) => NO_THOUGHT.test(word)) ? 'nothing' : topicOfName(key);
}

/** What a channel or the role of a turn is for, by its name. */
export function topicOfName(key: string): MarkTopic {
  const words = wordsOf(key);
  return topicOfWords(words) ?? turnOf(words) ?? finalOf(words) ?? 'unknown';
}

/** What an element such as <think> stands for; one that is named for the model holds what it says. */
export function topicOfElement(key: string): MarkTopic {
  if (NOTHINGS.has(key) && key !== 'message') return 'nothing';
  if (ELEMENT_END.test(key)) return 'end';
  if (SPEECH.has(key.replace(/^\/|\/$/g, ''))) return 'speech';
  const words = wordsOf(key);
  const turn = turnOf(words) === 'self' ? 'final' : undefined;
  return topicOfWords(words) ?? turn ?? finalOf(words) ?? 'unknown';
}

/** Side of a mark whose form does not show it. <unused94> and [unused16] open, the odd one behind each closes. */
export function sideOf(key: string): MarkSide {
  const unused = /^unused(\d+)$/.exec(key)?.[1];
  if (unused !== undefined) return Number(unused) % 2 === 0 ? 'open' : 'close';
  if (key.startsWith('/')) return 'close';
  const words = wordsOf(key);
  if (words.some((word) => CLOSE.test(word))) return 'close';
  return words.some((word) => OPEN.test(word)) ? 'open' : 'single';
}

function topicOfWords(words: readonly string[]): MarkTopic | undefined {
  if (words.some((word) => THOUGHT.test(word) || /^unused\d+$/.test(word) || /think$/.test(word))) {
    return 'thought';
  }
  return words.some((word) => TOOL.test(word)) ? 'tool' : undefined;
}

function turnOf(words: readonly string[]): 'self' | 'other' | undefined {
  if (words.some((word) => SELF.test(word))) return 'self';
  return words.some((word) => OTHER.test(word)) ? 'other' : undefined;
}

function finalOf(words: readonly string[]): MarkTopic | undefined {
  return words.some((word) => FINAL.test(word)) ? 'final' : undefined;
}

function wordsOf(key: string): string[] {
  return key.split(/[_/|]+/).filter((word) => word !== '');
}

/** Tells whether a field or a part of a message is named for a model's way of working: "reasoning", "tool_use". */
export function isThoughtName(name: string): boolean {
  return topicOfWords(wordsOf(toKey(name))) === 'thought' || /^(?:tool|function)_/.test(toKey(name));
}
