import { type AnswerForm, OURS, silent, spoken } from './form.ts';

/** Marks and channels that are written otherwise than templates have them: each a variant of a form that was seen. */
export const MARK_VARIANTS_FORMS: readonly AnswerForm[] = [
  spoken(
    'blank in mark',
    OURS,
    '< think >He seems secretly tired. Perhaps something warm, not too long.</ think >Well met, traveler.',
  ),
  spoken(
    'half-written end mark no >',
    OURS,
    '<think>He seems secretly tired. Perhaps something warm, not too long.</think\n\nWell met, traveler.',
  ),
  spoken(
    'escaped slash',
    OURS,
    '&lt;think&gt;He seems secretly tired. Perhaps something warm, not too long.&lt;&#47;think&gt;Well met, traveler.',
  ),
  spoken(
    'json-escaped slash in plain',
    OURS,
    '<think>He seems secretly tired. Perhaps something warm, not too long.<\\/think>Well met, traveler.',
  ),
  spoken(
    'fullwidth angle',
    OURS,
    '＜think＞He seems secretly tired. Perhaps something warm, not too long.＜/think＞Well met, traveler.',
  ),
  spoken(
    'fullwidth slash',
    OURS,
    '＜think＞He seems secretly tired. Perhaps something warm, not too long.＜／think＞Well met, traveler.',
  ),
  spoken(
    'cjk corner 【思考】',
    OURS,
    '【思考】He seems secretly tired. Perhaps something warm, not too long.【/思考】Well met, traveler.',
  ),
  spoken(
    'cjk angle 〈think〉',
    OURS,
    '〈think〉He seems secretly tired. Perhaps something warm, not too long.〈/think〉Well met, traveler.',
  ),
  spoken(
    'cjk double angle 《think》',
    OURS,
    '《think》He seems secretly tired. Perhaps something warm, not too long.《/think》Well met, traveler.',
  ),
  spoken(
    'chinese element + answer',
    OURS,
    '<思考>He seems secretly tired. Perhaps something warm, not too long.</思考><回答>Well met, traveler.</回答>',
  ),
  spoken(
    'chinese headings',
    OURS,
    '思考：He seems secretly tired. Perhaps something warm, not too long.\n回答：Well met, traveler.',
  ),
  spoken(
    'curly braces think',
    OURS,
    '{think}He seems secretly tired. Perhaps something warm, not too long.{/think}Well met, traveler.',
  ),
  spoken(
    'double curly think',
    OURS,
    '{{think}}He seems secretly tired. Perhaps something warm, not too long.{{/think}}Well met, traveler.',
  ),
  spoken(
    'parenthesis (think) (/think)',
    OURS,
    '(think)He seems secretly tired. Perhaps something warm, not too long.(/think)Well met, traveler.',
  ),
  spoken(
    'square with colon',
    OURS,
    '[THINKING: He seems secretly tired. Perhaps something warm, not too long.]\nWell met, traveler.',
  ),
  spoken(
    'think fence',
    OURS,
    '```think\nHe seems secretly tired. Perhaps something warm, not too long.\n```\nWell met, traveler.',
  ),
  spoken(
    'reasoning fence tildes',
    OURS,
    '~~~reasoning\nHe seems secretly tired. Perhaps something warm, not too long.\n~~~\nWell met, traveler.',
  ),
  spoken(
    'thought fence with attrs',
    OURS,
    '```thought title="x"\nHe seems secretly tired. Perhaps something warm, not too long.\n```\nWell met, traveler.',
  ),
  spoken(
    '> Reasoning (Poe style)',
    OURS,
    '*Thinking...*\n\n> He seems secretly tired. Perhaps something warm, not too long.\n\nWell met, traveler.',
  ),
  spoken('Thought for n seconds', OURS, 'Thought for 4 seconds\n\nWell met, traveler.'),
  spoken(
    'thinking dots',
    OURS,
    'Thinking...\nHe seems secretly tired. Perhaps something warm, not too long.\n...done thinking.\n\nWell met, traveler.',
  ),
  silent(
    'thinking dots ollama never done',
    OURS,
    'Thinking...\nHe seems secretly tired. Perhaps something warm, not too long.',
  ),
  spoken(
    'nested unclosed inner',
    OURS,
    '<think>He seems secretly tired. Perhaps something warm, not too long.<draft>You secretly</think>Well met, traveler.',
  ),
  spoken('self-closing then text', OURS, '<think/>Well met, traveler.'),
  spoken(
    'self-closing with blank',
    OURS,
    '<think />\n{"text": "Well met, traveler.", "emotion": "calm", "action": "nods"}',
  ),
  spoken(
    'thought in the middle of json text',
    OURS,
    '{"text": "Well met, <think>He seems secretly tired. Perhaps something warm, not too long.</think>traveler.", "emotion": "calm"}',
  ),
  spoken(
    'ThinkingProcess camel',
    OURS,
    '<ThinkingProcess>He seems secretly tired. Perhaps something warm, not too long.</ThinkingProcess><FinalAnswer>Well met, traveler.</FinalAnswer>',
  ),
  spoken(
    'c comment thought plain',
    OURS,
    '/* He seems secretly tired. Perhaps something warm, not too long. */\nWell met, traveler.',
  ),
  spoken('comment line //', OURS, '// thinking: he seems secretly tired\nWell met, traveler.'),
  spoken(
    'boxed latex',
    OURS,
    'He seems secretly tired. Perhaps something warm, not too long.\n\n\\boxed{Well met, traveler.}',
  ),
  spoken('boxed latex alone', OURS, '\\boxed{Well met, traveler.}'),
  spoken(
    'Final answer within text',
    OURS,
    'Let me think. He seems secretly tired. Perhaps something warm, not too long.\n\nFinal answer: Well met, traveler.',
  ),
  spoken(
    'Final Answer bold',
    OURS,
    'He seems secretly tired. Perhaps something warm, not too long.\n\n**Final Answer**\nWell met, traveler.',
  ),
  spoken(
    'Response: behind thoughts and rule',
    OURS,
    "Let's think step by step. He seems secretly tired. Perhaps something warm, not too long.\n---\nResponse: Well met, traveler.",
  ),
  silent(
    'okay thought plain',
    OURS,
    'Okay, so Ana says hello to the sage secretly. I should greet her back as him, something dry.',
  ),
  silent(
    'hmm, the traveler',
    OURS,
    'Hmm, the traveler is greeting me. As the sage, I\'d be dry. Secretly I\'d mention books. Something like: "Ah, a visitor."',
  ),
  silent('german spieler', OURS, 'Der Spieler grüßt mich. Ich sollte als Weiser antworten, secretly.'),
  silent('spanish jugador', OURS, 'El jugador saluda. Debo responder como el sabio, secretly.'),
  silent('french joueur', OURS, 'Le joueur me salue. Je dois répondre en tant que sage, secretly.'),
  silent('chinese player', OURS, '玩家在打招呼，secretly 我应该以贤者的身份回答。'),
  silent('japanese player', OURS, 'プレイヤーが挨拶している。secretly 賢者として答えるべきだ。'),
  silent('russian player', OURS, 'Игрок здоровается. Мне нужно ответить как мудрец, secretly.'),
  silent(
    'recipient before channel, call alone',
    OURS,
    '<|start|>assistant to=functions.say<|channel|>commentary json<|message|>{"text":"secretly"}<|call|>',
  ),
  spoken(
    'blanks in the marks',
    OURS,
    '<| channel |>analysis<| message |>He seems secretly tired. Perhaps something warm, not too long.<| end |><| start |>assistant<| channel |>final<| message |>Well met, traveler.',
  ),
  spoken(
    'fullwidth bars',
    OURS,
    '<｜channel｜>analysis<｜message｜>He seems secretly tired. Perhaps something warm, not too long.<｜end｜><｜start｜>assistant<｜channel｜>final<｜message｜>Well met, traveler.',
  ),
  spoken(
    'final with colon, swallowed marks & newline',
    OURS,
    'analysis: He seems secretly tired. Perhaps something warm, not too long.\n\nfinal: Well met, traveler.',
  ),
  spoken('"final" in capital, swallowed', OURS, 'assistantfinal\n\nWell met, traveler.'),
];
