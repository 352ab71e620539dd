import { type AnswerForm, DRAFT, NPC, OBJECT, OURS, PLAYER, silent, spoken, THOUGHT, WORDS } from './form.ts';

const SILLY = 'https://github.com/SillyTavern/SillyTavern/issues/652';
const PLAYS = 'https://github.com/Ikalus1988/MisakaNet/pull/1815';
const ISSUE = 'reports of admins, tried on the build of November 2026';
const GRANITE = 'https://github.com/vllm-project/vllm/blob/main/vllm/reasoning/granite_reasoning_parser.py';

/** Plain words, and thoughts that look like them. */
const PLAIN: readonly AnswerForm[] = [
  spoken('a small model that keeps to no form', 'https://github.com/jundot/omlx/issues/613', WORDS),
  spoken('words in quotes', OURS, `"${WORDS}"`),
  spoken('words in a fence', OURS, `\`\`\`\n${WORDS}\n\`\`\``),
  spoken(
    'a stage direction before',
    'https://github.com/art-from-the-machine/Mantella/pull/286',
    `*smiles warmly* ${WORDS}`,
  ),
  spoken('thoughts as a stage direction', OURS, `*thinking: he seems secretly tired* ${WORDS}`),
  spoken('thoughts in round brackets', OURS, `(thinking that he seems secretly tired) ${WORDS}`),
  spoken('thoughts in square brackets', OURS, `[thinking that he seems secretly tired] ${WORDS}`),
  spoken('thoughts in a comment of HTML', OURS, `<!-- He seems secretly tired. -->${WORDS}`),
  spoken('an announcement before', OURS, `Here is the sage's reply: ${WORDS}`),
  spoken('markdown', OURS, `**${WORDS}**`),
  spoken('HTML', OURS, `<p>Well <b>met</b>, traveler.</p>`),
  spoken('an element that stresses a word', OURS, 'Well <emph>met</emph>, traveler.'),
  spoken('Granite 3.2', GRANITE, `Here is my thought process: ${THOUGHT} Here is my response: ${WORDS}`),
  spoken(
    'Granite 3.2, quantized',
    GRANITE,
    `Here's my thought process:\n${THOUGHT}\n\nHere's my response:\n${WORDS}`,
  ),
  silent('Granite 3.2, cut in its thoughts', GRANITE, `Here is my thought process: ${THOUGHT} ${DRAFT}`, {
    finish: 'length',
  }),
  silent('Granite 3.2, thoughts alone', GRANITE, `Here is my thought process: ${THOUGHT}`),
  spoken('headings of thoughts and answer', OURS, `**Reasoning:** ${THOUGHT}\n\n**Answer:** ${WORDS}`),
  spoken('headings of markdown', OURS, `## Thinking\n${THOUGHT}\n\n## Response\n${WORDS}`),
  spoken('ReAct', 'https://github.com/ysymyth/ReAct', `Thought: ${THOUGHT}\nFinal Answer: ${WORDS}`),
  silent(
    'Qwen3.5, its thinking process outside of marks',
    'https://github.com/oobabooga/text-generation-webui/blob/v4.7.2/modules/reasoning.py',
    `Thinking Process:\n\n1. **Analyze:** he is secretly tired.\n2. **Draft:** Oh, secretly.`,
  ),
  silent(
    'thoughts in plain words that end',
    'https://github.com/semperai/amica/issues/174',
    'Okay, so I need to figure out how the sage feels. The user just said hello, secretly.',
  ),
  silent(
    'thoughts about the task',
    OURS,
    'The player greets me. I should respond in character, secretly and in at most 400 characters.',
  ),
  silent(
    'thoughts about the task, with a draft',
    OURS,
    'I should respond warmly. Perhaps {"text": "Oh, secretly.", "emotion": "sad"} would do. It is a bit short.',
  ),
  silent(
    'a thinking process with a draft',
    OURS,
    'Thinking Process:\n\n1. **Draft:** {"text": "Oh, secretly."}\n2. **Check:** too short.',
  ),
  spoken(
    'a thinking process that ends with the object',
    OURS,
    `Thinking Process:\n\n1. **Draft:** {"text": "Oh, secretly."}\n2. **Check:** too short.\n\n${OBJECT}`,
  ),
  silent('thoughts in Chinese', OURS, '好的，用户在打招呼。secretly 我需要回答。'),
  spoken(
    'a smith who speaks of his work',
    OURS,
    'Let me see your sword. I can produce a better one, the instructions are simple.',
    { says: 'Let me see your sword. I can produce a better one, the instructions are simple.' },
  ),
  silent('half a word, cut', OURS, 'Well met, secretly trav', { finish: 'length' }),
];

/** Plays: lines of the NPC and of the player. */
const PLAY: readonly AnswerForm[] = [
  spoken('the NPC before its line', PLAYS, `${NPC}: ${WORDS}`),
  spoken('the NPC in bold', PLAYS, `**${NPC}:** ${WORDS}`),
  spoken('the NPC in brackets', PLAYS, `[${NPC}]: ${WORDS}`),
  spoken('the NPC in angle brackets', PLAYS, `<${NPC}> ${WORDS}`),
  spoken('the NPC with a deed', PLAYS, `${NPC} (smiling): ${WORDS}`),
  spoken('the assistant before its line', PLAYS, `Assistant: ${WORDS}`),
  spoken('the player in a later line', ISSUE, `${WORDS}\n${PLAYER}: Then teach me, secretly.`),
  spoken(
    'the player and the NPC in later lines',
    ISSUE,
    `${WORDS}\n${PLAYER}: Then teach me, secretly.\n${NPC}: Sit down, secretly.`,
  ),
  spoken('the player in a later line, in bold', OURS, `${WORDS}\n\n**${PLAYER}:** Then secretly teach me.`),
  spoken('the player in a later line, as a quote', OURS, `${WORDS}\n> ${PLAYER}: Then secretly teach me.`),
  spoken('the player in a later line, in brackets', OURS, `${WORDS}\n[${PLAYER}] Then secretly teach me.`),
  spoken(
    'the player behind the words, on the same line',
    OURS,
    `${WORDS} ${PLAYER}: Then secretly teach me.`,
  ),
  spoken('the player in capitals', OURS, `${WORDS}\n${PLAYER.toUpperCase()}: THEN SECRETLY TEACH ME.`),
  spoken('User in a later line', SILLY, `${WORDS}\nUser: Then secretly teach me.`),
  spoken(
    'You in a later line',
    'https://github.com/henk717/KoboldAI/pull/334',
    `${WORDS}\nYou: Then secretly teach me.`,
  ),
  spoken('Human and Assistant in later lines', SILLY, `${WORDS}\n\nHuman: Secretly?\n\nAssistant: Secretly.`),
  spoken('the player first', OURS, `${PLAYER}: Hello, secretly.\n${NPC}: ${WORDS}`),
  spoken(
    'the player first, no name before the NPC',
    'https://github.com/jas3333/GPT-Helper/issues/4',
    `You: Hello, secretly.\n${WORDS}`,
  ),
  spoken('the NPC before each of its lines', OURS, `${NPC}: Well met,\n${NPC}: traveler.`),
  spoken(
    'a play in the field of the words',
    OURS,
    JSON.stringify({ text: `${NPC}: ${WORDS}\n${PLAYER}: Then secretly teach me.` }),
  ),
  spoken(
    'a play on one line in the field of the words',
    OURS,
    JSON.stringify({ text: `${WORDS} ${PLAYER}: "Then secretly teach me."` }),
  ),
  spoken('a play behind thoughts', OURS, `<think>${THOUGHT}</think>${NPC}: ${WORDS}\n${PLAYER}: Secretly?`),
  silent("the player's line alone", OURS, `${PLAYER}: Then secretly teach me.`),
  silent(
    "the player's line alone, in the field of the words",
    OURS,
    JSON.stringify({ text: `${PLAYER}: Then secretly teach me.` }),
  ),
  spoken('the player is spoken to', OURS, `Hear me, ${PLAYER}: beware.`, {
    says: `Hear me, ${PLAYER}: beware.`,
  }),
  spoken('a place with a colon', OURS, 'Geffen: leave by the west gate.', {
    says: 'Geffen: leave by the west gate.',
  }),
];

export const PLAIN_FORMS: readonly AnswerForm[] = [...PLAIN, ...PLAY];
