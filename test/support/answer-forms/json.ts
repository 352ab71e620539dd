import { type AnswerForm, LONG, OBJECT, OURS, silent, spoken, WORDS } from './form.ts';

const REPAIR = 'https://github.com/josdejong/jsonrepair (3.15.0, README)';
const TYPIA = 'https://github.com/samchon/typia/pull/1774';
const GITO = 'https://github.com/Nayjest/Gito/issues/244';
const HINDSIGHT = 'https://github.com/vectorize-io/hindsight/issues/645';
const OMLX = 'https://github.com/jundot/omlx/issues/613';
const STRUCTURED = 'https://docs.vllm.ai/en/latest/features/structured_outputs.html';
const ISSUE = 'reports of admins, tried on the build of November 2026';

/** The object, and what stands around it. */
const AROUND: readonly AnswerForm[] = [
  spoken('any server that keeps to a schema', STRUCTURED, OBJECT),
  spoken('written over several lines', STRUCTURED, JSON.stringify(JSON.parse(OBJECT), null, 2)),
  spoken('Gemma 4 over oMLX', OMLX, `\`\`\`json\n${OBJECT}\n\`\`\``),
  spoken('MiniMax-M2.5', HINDSIGHT, `\`\`\`\n${OBJECT}\n\`\`\``),
  spoken('a fence on one line', HINDSIGHT, `\`\`\`json ${OBJECT} \`\`\``),
  spoken('a fence that has no end', HINDSIGHT, `\`\`\`json\n${OBJECT}`),
  spoken('a fence of another language', HINDSIGHT, `\`\`\`javascript\n${OBJECT}\n\`\`\``),
  spoken('the name of the language alone', GITO, `json\n${OBJECT}`),
  spoken(
    'words before',
    'https://github.com/sreerevanth/repopilot/issues/157',
    `Sure! Here is the JSON object you asked for:\n\n${OBJECT}`,
  ),
  spoken(
    'words behind',
    'https://github.com/sreerevanth/repopilot/issues/157',
    `${OBJECT}\n\nI hope that this fits the character.`,
  ),
  spoken(
    'thoughts in plain words before',
    GITO,
    `Looking at what was said, the user seems secretly tired. I should answer briefly.\n\n${OBJECT}`,
  ),
  spoken(
    'thoughts in plain words before a fence',
    GITO,
    `Okay, the user greets the sage. Secretly.\n\`\`\`json\n${OBJECT}\n\`\`\``,
  ),
  spoken('a draft before', GITO, `First try: {"text": "Secretly.", "emotion": "sad"}\nBetter:\n${OBJECT}`),
  spoken('twice the same', ISSUE, `${OBJECT}\n${OBJECT}`),
  spoken('a comma behind', ISSUE, `${OBJECT},`),
  spoken(
    'an element around it',
    'https://docs.claude.com/en/docs/test-and-evaluate/strengthen-guardrails/increase-consistency',
    `<json>${OBJECT}</json>`,
    { says: null, isLost: true },
  ),
  spoken(
    'an element of output around it',
    'https://docs.claude.com/en/docs/test-and-evaluate/strengthen-guardrails/increase-consistency',
    `<output>${OBJECT}</output>`,
  ),
  spoken('a byte order mark before', ISSUE, `\ufeff${OBJECT}`),
  spoken('escaped for HTML', ISSUE, OBJECT.replaceAll('"', '&quot;')),
  spoken('blank lines around', ISSUE, `\n\n\n${OBJECT}\n\n`),
  spoken('a runaway model, cut in its second object', ISSUE, `${OBJECT}\n{"text": "And sec`, {
    finish: 'length',
  }),
  spoken(
    'a runaway model, cut in blanks',
    'https://platform.openai.com/docs/guides/structured-outputs',
    `${OBJECT}${'\n'.repeat(40)}`,
    { finish: 'length' },
  ),
];

/** Objects that are not quite JSON. */
const ALMOST: readonly AnswerForm[] = [
  spoken('a name without quotes', TYPIA, `{text: "${WORDS}"}`),
  spoken('no name with quotes', TYPIA, `{text: "${WORDS}", emotion: "calm", action: ""}`),
  spoken('Python', REPAIR, `{'text': '${WORDS}', 'emotion': 'calm', 'action': None}`),
  spoken('a comma too many', TYPIA, `{"text": "${WORDS}", "emotion": "calm",}`),
  spoken('a comma too few', REPAIR, `{"text": "${WORDS}" "emotion": "calm"}`),
  spoken('comments', TYPIA, `{\n  // what he says\n  "text": "${WORDS}", /* calm */ "emotion": "calm"\n}`),
  spoken('a word without quotes', REPAIR, `{"text": "${WORDS}", "emotion": calm}`),
  spoken('quotes of print', REPAIR, `{“text”: “${WORDS}”, “emotion”: “calm”}`),
  spoken('a raw line end in a string', ISSUE, '{"text": "Well met,\ntraveler.", "emotion": "calm"}'),
  spoken('a raw tab in a string', ISSUE, '{"text": "Well met,\ttraveler.", "emotion": "calm"}'),
  spoken('quotes within a string', REPAIR, '{"text": "I say "Well met" to you.", "emotion": "calm"}', {
    says: 'I say "Well met" to you.',
  }),
  spoken('escaped once too often', REPAIR, OBJECT.replaceAll('"', '\\"')),
  spoken('an escape that JSON has not', REPAIR, '{"text": "It\\\'s well met.", "emotion": "calm"}', {
    says: "It's well met.",
  }),
  spoken('strings added up', REPAIR, '{"text": "Well met, " + "traveler.", "emotion": "calm"}'),
  spoken('a back quote', REPAIR, `{"text": \`${WORDS}\`, "emotion": "calm"}`),
  spoken('True of Python', REPAIR, `{"text": "${WORDS}", "emotion": "calm", "done": True}`),
  spoken('no closing brace', TYPIA, `{"text": "${WORDS}", "emotion": "calm"`),
  spoken('no closing quote', TYPIA, '{"text": "Well met, traveler.'),
  spoken('cut in what is said', ISSUE, `{"text": "${LONG} And then I wo`, { finish: 'length', says: LONG }),
  spoken('cut behind what is said', ISSUE, `{"text": "${WORDS}", "emot`, { finish: 'length' }),
  spoken('cut in a fence', ISSUE, `\`\`\`json\n{"text": "${LONG} And then I wo`, {
    finish: 'length',
    says: LONG,
  }),
  silent('cut before what is said', ISSUE, '{"emotion": "calm", "te', { finish: 'length' }),
  silent('cut in a field of thoughts', ISSUE, '{"reasoning": "He is secretly tired, so \\"text\\": \\"Oh', {
    finish: 'length',
  }),
  silent('cut in an object of thoughts', ISSUE, '{"reasoning": {"text": "He is secretly ti', {
    finish: 'length',
  }),
  silent('an object without its beginning', ISSUE, `text": "${WORDS}", "emotion": "calm"}`, { isLost: true }),
];

/** The object within others, or the words under other names. */
const WRAPPED: readonly AnswerForm[] = [
  spoken('JSON in a string of JSON', ISSUE, JSON.stringify(OBJECT)),
  spoken('JSON in the field of the words', ISSUE, JSON.stringify({ text: OBJECT, emotion: 'calm' })),
  spoken(
    'a fence in the field of the words',
    ISSUE,
    JSON.stringify({ text: `\`\`\`json\n${OBJECT}\n\`\`\`` }),
  ),
  spoken(
    'thoughts in the field of the words',
    ISSUE,
    JSON.stringify({ text: `<think>Secretly tired.</think>${WORDS}` }),
  ),
  spoken(
    'thoughts as escapes',
    ISSUE,
    `{"text": "\\u003cthink\\u003eSecretly.\\u003c/think\\u003e${WORDS}"}`,
  ),
  spoken(
    'thoughts behind the words in their field',
    ISSUE,
    JSON.stringify({ text: `${WORDS}<think>Secretly tired.</think>` }),
  ),
  spoken(
    'swallowed channels in the field of the words',
    ISSUE,
    JSON.stringify({ text: `analysisHe is secretly tired.assistantfinal${WORDS}` }),
  ),
  silent(
    'thoughts alone in the field of the words',
    ISSUE,
    JSON.stringify({ text: '<think>Secretly tired.</think>' }),
  ),
  spoken('wrapped in response', ISSUE, `{"response": {"text": "${WORDS}"}}`),
  spoken('wrapped in the name of the schema', STRUCTURED, `{"npc_speaks": ${OBJECT}}`),
  spoken('wrapped in data and result', ISSUE, `{"status": "ok", "data": {"result": ${OBJECT}}}`),
  spoken('wrapped in a list', GITO, `[${OBJECT}]`),
  spoken('wrapped in a list that is fenced', GITO, `\`\`\`json\n[${OBJECT}]\n\`\`\``),
  spoken('wrapped in properties, as a schema is', STRUCTURED, `{"type": "object", "properties": ${OBJECT}}`),
  spoken('wrapped in the arguments of a call', ISSUE, `{"name": "npc_speaks", "arguments": ${OBJECT}}`),
  spoken('arguments as a string', ISSUE, JSON.stringify({ name: 'npc_speaks', arguments: OBJECT })),
  spoken('a message in the message', ISSUE, JSON.stringify({ role: 'assistant', content: WORDS })),
  spoken(
    'parts in the message',
    ISSUE,
    JSON.stringify({ role: 'assistant', content: [{ type: 'text', text: WORDS }] }),
  ),
  spoken(
    'parts with thoughts in the message',
    ISSUE,
    JSON.stringify([
      { type: 'thinking', text: 'Secretly.' },
      { type: 'text', text: WORDS },
    ]),
  ),
  spoken(
    'a completion in the message',
    ISSUE,
    JSON.stringify({ choices: [{ message: { content: OBJECT } }] }),
  ),
  ...['response', 'message', 'reply', 'answer', 'content', 'dialogue', 'speech'].map((name) =>
    spoken(`the words under ${name}`, ISSUE, JSON.stringify({ [name]: WORDS, emotion: 'calm' })),
  ),
  spoken('a name with a capital', ISSUE, JSON.stringify({ Text: WORDS, Emotion: 'calm' })),
  spoken('sentences as a list', ISSUE, '{"text": ["Well met,", "traveler."], "emotion": "calm"}'),
  spoken('a field of thoughts before', ISSUE, JSON.stringify({ reasoning: 'Secretly tired.', text: WORDS })),
  spoken(
    'an object of thoughts before',
    ISSUE,
    JSON.stringify({ thoughts: { text: 'Secretly tired.' }, answer: { text: WORDS } }),
  ),
  spoken(
    'a field of thoughts behind',
    ISSUE,
    JSON.stringify({ text: WORDS, inner_monologue: 'Secretly tired.' }),
  ),
  silent('a field of thoughts alone', ISSUE, JSON.stringify({ thinking: 'Secretly tired.' })),
  silent('the schema itself', STRUCTURED, '{"type": "object", "properties": {"text": {"type": "string"}}}'),
  silent('an object without words', ISSUE, '{"emotion": "calm", "action": "nods"}'),
  silent('empty words', ISSUE, '{"text": "", "emotion": "calm", "action": ""}'),
  silent('a list of words', ISSUE, `["${WORDS}"]`, { isLost: true }),
  silent(
    'an error in place of an answer',
    ISSUE,
    '{"error": {"message": "secretly overloaded", "code": 429}}',
    { says: null },
  ),
  silent('null', ISSUE, 'null'),
  spoken('the fields one a line', ISSUE, `text: ${WORDS}\nemotion: calm\naction: nods`),
  spoken(
    'the fields one a line, in bold',
    ISSUE,
    `**Text:** "${WORDS}"\n**Emotion:** calm\n**Action:** nods`,
  ),
  spoken('YAML in a fence', ISSUE, `\`\`\`yaml\ntext: "${WORDS}"\nemotion: calm\n\`\`\``),
  spoken('the fields as elements', ISSUE, `<text>${WORDS}</text>\n<emotion>calm</emotion>`),
  silent('the fields in a table', OURS, `| text | emotion |\n|---|---|\n| Secretly | calm |`, {
    says: 'text emotion Secretly calm',
  }),
];

export const JSON_FORMS: readonly AnswerForm[] = [...AROUND, ...ALMOST, ...WRAPPED];
