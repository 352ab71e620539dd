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
  spoken('twice the same', OURS, `${OBJECT}\n${OBJECT}`),
  spoken('a comma behind', OURS, `${OBJECT},`),
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
  spoken('a byte order mark before', OURS, `\ufeff${OBJECT}`),
  spoken('escaped for HTML', OURS, OBJECT.replaceAll('"', '&quot;')),
  spoken('blank lines around', OURS, `\n\n\n${OBJECT}\n\n`),
  spoken('a runaway model, cut in its second object', OURS, `${OBJECT}\n{"text": "And sec`, {
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
  spoken('Python with an apostrophe', REPAIR, "{'text': 'It's well met.', 'emotion': 'calm'}", {
    says: "It's well met.",
  }),
  spoken('a comma too many', TYPIA, `{"text": "${WORDS}", "emotion": "calm",}`),
  spoken('a comma too few', REPAIR, `{"text": "${WORDS}" "emotion": "calm"}`),
  spoken('comments', TYPIA, `{\n  // what he says\n  "text": "${WORDS}", /* calm */ "emotion": "calm"\n}`),
  spoken('a word without quotes', REPAIR, `{"text": "${WORDS}", "emotion": calm}`),
  spoken('quotes of print', REPAIR, `{“text”: “${WORDS}”, “emotion”: “calm”}`),
  spoken('a raw line end in a string', ISSUE, '{"text": "Well met,\ntraveler.", "emotion": "calm"}'),
  spoken('a raw tab in a string', OURS, '{"text": "Well met,\ttraveler.", "emotion": "calm"}'),
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
  spoken('cut behind what is said', OURS, `{"text": "${WORDS}", "emot`, { finish: 'length' }),
  spoken('cut in a fence', OURS, `\`\`\`json\n{"text": "${LONG} And then I wo`, {
    finish: 'length',
    says: LONG,
  }),
  silent('cut before what is said', OURS, '{"emotion": "calm", "te', { finish: 'length' }),
  silent('cut in a field of thoughts', OURS, '{"reasoning": "He is secretly tired, so \\"text\\": \\"Oh', {
    finish: 'length',
  }),
  silent('cut in an object of thoughts', OURS, '{"reasoning": {"text": "He is secretly ti', {
    finish: 'length',
  }),
  spoken('an object without its beginning', OURS, `text": "${WORDS}", "emotion": "calm"}`),
];

export const JSON_FORMS: readonly AnswerForm[] = [...AROUND, ...ALMOST];
