import { splitSentences } from '../language/sentences.ts';
import { isSelfTalkByPacks, withoutAnnouncement } from './self-talk-by-pack.ts';

const MODEL_NAMES =
  '(?:ai|a\\.i\\.|llm|artificial intelligence|(?:large |ai )?language model|chat ?bot|(?:ai|virtual|digital|helpful) assistant|neural network)';

/** What gives a sentence away as a model's talk about itself. */
const SELF_TALK: readonly RegExp[] = [
  new RegExp(`\\bas an? (?:[\\w-]+ ){0,2}${MODEL_NAMES}(?![\\w'’])`, 'i'),
  new RegExp(
    `\\bi(?:['’]m| am| was)(?: (?:just|only|simply|merely|actually|really|in fact))?(?: not \\w+,? but)?(?: an?)?(?: [\\w-]+){0,2} ${MODEL_NAMES}(?![\\w'’])`,
    'i',
  ),
  /\b(?:large )?language models?\b|\bartificial intelligence\b/i,
  /\b(?:openai|chatgpt|gpt-?[345]\w*|anthropic|deepseek|qwen\d?|mistral ai|meta ai|google ai)\b/i,
  /\bsystem (?:prompt|message|instruction)s?\b|\bprompt injection\b|\bpre-?prompt\b/i,
  /\bmy (?:(?:initial|original|hidden|secret|previous|own|internal|core|system) )*(?:instructions|prompts?|programming|training data|knowledge cut-?off|guidelines|developers?|token limit)\b/i,
  /\bi (?:was|am|have been)(?: \w+)? (?:programmed|fine-tuned|trained (?:on|with) (?:\w+ )?(?:data|texts?)|instructed (?:not )?to (?:reveal|share|disclose|play|act as|pretend))\b/i,
  /\b(?:role-?play(?:ing|er)?|(?:in|out of|break(?:ing)?|stay(?:ing)? in) character|ooc|fictional character|non-player character|npc|json)\b/i,
  /\b(?:jail-?break(?:ed|ing)?|jailbroken|(?:developer|dev|god|debug|admin|sudo|unrestricted|maintenance) mode|(?:in|my|the|enter|entering|activate) dan mode|do anything now)\b/i,
  // "Senjata dan mode": in Indonesian it is "and".
  /\bDAN [Mm]ode\b/,
  /\b(?:ignor(?:e|ed|ing)|disregard(?:ed|ing)?|overrid(?:e|den|ing)) (?:all |any )?(?:of )?(?:my |the |your |these |those )?(?:previous |prior |earlier |above )?(?:instructions|rules|prompts?|guidelines)\b/i,
  /\b(?:cannot|can['’]t|can not|unable to|not able to|won['’]t) (?:assist|help|comply|fulfil+|provide|engage|continue)\b[^.!?]{0,40}\b(?:request|content|prompt|conversation)\b/i,
  /\b(?:content|usage|safety) polic(?:y|ies)\b|\bgenerat(?:e|ing) (?:that|this|such|any) (?:content|text|response)\b|\bprocess (?:this|that|your) request\b|\binappropriate content\b/i,
  /\bbei dieser Anfrage nicht (?:helfen|behilflich)|\bno puedo ayudar(?:te|le)? con (?:esa|esta) (?:solicitud|petición)|\bne peux pas (?:vous |t['’])?aider (?:avec|pour) cette (?:demande|requête)|无法(?:协助|处理|满足|回答)[^。]{0,12}请求|(?:お手伝い|お答え)(?:する事は|することは)?できません/iu,
  /\b(?:als (?:eine )?ki\b|sprachmodell|künstliche intelligenz|en tant qu['’](?:une )?ia\b|modèle de langage|intelligence artificielle|como (?:una |uma )?ia\b|modelo de (?:lenguaje|linguagem)|inteligencia artificial|inteligência artificial)/i,
  /языков\S* модел|искусственн\S* интеллект|言語モデル|人工知能|AIアシスタント|语言模型|語言模型|人工智能|언어 ?모델|인공지능/iu,
];

/** "Sure! Here is the sage's reply:" and the like before the reply. */
const REPLY =
  '(?:answers?|responses?|repl(?:y|ies)|output|dialogue|lines?|json|messages?|text|version|says?)';
const PREAMBLE = new RegExp(
  `^\\s*(?:(?:sure|certainly|of course|okay|ok|absolutely|alright|understood|got it|no problem)\\b[,!. ]*)?(?:(?:here(?:['’]s| is| are)|below is|the following is|this is)\\b[^.!?:\\n]{0,60}\\b${REPLY}\\b[^.!?:\\n]{0,30}|(?:the )?${REPLY}|my (?:final )?(?:answer|response|reply)(?=:\\s*\\n))[ \\t]*:[ \\t]*`,
  'i',
);

/** The whole of it, in the very words of a model: an NPC who cannot help says more. */
const REFUSAL =
  /^\W{0,4}(?:(?:i['’]?m|i am) (?:very |really |so )?sorry|sorry|apologies)?[,.]? ?(?:but )?i (?:can(?:not|['’]t| not)|am (?:unable|not able) to|['’]m (?:unable|not able) to|won['’]t) (?:be able to )?(?:assist|comply|help|continue|engage|do|discuss)(?: you)?(?: with)? (?:that|this)(?: request)?\W*$/i;

/** Takes out every sentence in which a model talks about itself, and its announcement of the answer. */
export function withoutSelfTalk(text: string): string {
  if (REFUSAL.test(text)) return '';
  return splitSentences(withoutAnnouncement(text.replace(PREAMBLE, '')))
    .filter((sentence) => !isSelfTalk(sentence))
    .join('');
}

function isSelfTalk(sentence: string): boolean {
  return SELF_TALK.some((pattern) => pattern.test(sentence)) || isSelfTalkByPacks(sentence);
}
