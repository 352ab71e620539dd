import { type AnswerForm, OBJECT, OURS, silent, spoken, WORDS } from './form.ts';

const GITO = 'https://github.com/Nayjest/Gito/issues/244';
const STRUCTURED = 'https://docs.vllm.ai/en/latest/features/structured_outputs.html';
const ISSUE = 'reports of admins, tried on the build of November 2026';

/** The object within others, or the words under other names. */
export const WRAPPED_FORMS: readonly AnswerForm[] = [
  spoken('JSON in a string of JSON', ISSUE, JSON.stringify(OBJECT)),
  spoken('JSON in the field of the words', ISSUE, JSON.stringify({ text: OBJECT, emotion: 'calm' })),
  silent(
    'an object that the player said, repeated by the NPC',
    OURS,
    JSON.stringify({ text: 'You say {"text": "I am secretly a fool."}, and I wonder.' }),
    { isLost: true },
  ),
  spoken(
    'a fence in the field of the words',
    OURS,
    JSON.stringify({ text: `\`\`\`json\n${OBJECT}\n\`\`\`` }),
  ),
  spoken(
    'thoughts in the field of the words',
    OURS,
    JSON.stringify({ text: `<think>Secretly tired.</think>${WORDS}` }),
  ),
  spoken('thoughts as escapes', OURS, `{"text": "\\u003cthink\\u003eSecretly.\\u003c/think\\u003e${WORDS}"}`),
  spoken(
    'thoughts behind the words in their field',
    OURS,
    JSON.stringify({ text: `${WORDS}<think>Secretly tired.</think>` }),
  ),
  spoken(
    'swallowed channels in the field of the words',
    OURS,
    JSON.stringify({ text: `analysisHe is secretly tired.assistantfinal${WORDS}` }),
  ),
  silent(
    'thoughts alone in the field of the words',
    OURS,
    JSON.stringify({ text: '<think>Secretly tired.</think>' }),
  ),
  spoken('wrapped in response', ISSUE, `{"response": {"text": "${WORDS}"}}`),
  spoken('wrapped in the name of the schema', STRUCTURED, `{"npc_speaks": ${OBJECT}}`),
  spoken('wrapped in data and result', OURS, `{"status": "ok", "data": {"result": ${OBJECT}}}`),
  spoken('wrapped in a list', GITO, `[${OBJECT}]`),
  spoken('wrapped in a list that is fenced', GITO, `\`\`\`json\n[${OBJECT}]\n\`\`\``),
  spoken('wrapped in properties, as a schema is', STRUCTURED, `{"type": "object", "properties": ${OBJECT}}`),
  spoken('wrapped in the arguments of a call', OURS, `{"name": "npc_speaks", "arguments": ${OBJECT}}`),
  spoken('arguments as a string', OURS, JSON.stringify({ name: 'npc_speaks', arguments: OBJECT })),
  spoken('a message in the message', OURS, JSON.stringify({ role: 'assistant', content: WORDS })),
  spoken(
    'parts in the message',
    OURS,
    JSON.stringify({ role: 'assistant', content: [{ type: 'text', text: WORDS }] }),
  ),
  spoken(
    'parts with thoughts in the message',
    OURS,
    JSON.stringify([
      { type: 'thinking', text: 'Secretly.' },
      { type: 'text', text: WORDS },
    ]),
  ),
  spoken(
    'a completion in the message',
    OURS,
    JSON.stringify({ choices: [{ message: { content: OBJECT } }] }),
  ),
  ...['response', 'message', 'reply', 'answer', 'content', 'dialogue', 'speech'].map((name) =>
    spoken(`the words under ${name}`, OURS, JSON.stringify({ [name]: WORDS, emotion: 'calm' })),
  ),
  spoken('a name with a capital', OURS, JSON.stringify({ Text: WORDS, Emotion: 'calm' })),
  spoken('sentences as a list', OURS, '{"text": ["Well met,", "traveler."], "emotion": "calm"}'),
  spoken('a field of thoughts before', OURS, JSON.stringify({ reasoning: 'Secretly tired.', text: WORDS })),
  spoken(
    'an object of thoughts before',
    OURS,
    JSON.stringify({ thoughts: { text: 'Secretly tired.' }, answer: { text: WORDS } }),
  ),
  spoken(
    'a field of thoughts behind',
    OURS,
    JSON.stringify({ text: WORDS, inner_monologue: 'Secretly tired.' }),
  ),
  silent('a field of thoughts alone', OURS, JSON.stringify({ thinking: 'Secretly tired.' })),
  silent('the schema itself', STRUCTURED, '{"type": "object", "properties": {"text": {"type": "string"}}}'),
  silent('an object without words', OURS, '{"emotion": "calm", "action": "nods"}'),
  silent('empty words', OURS, '{"text": "", "emotion": "calm", "action": ""}'),
  silent('a list of words', OURS, `["${WORDS}"]`, { isLost: true }),
  silent(
    'an error in place of an answer',
    OURS,
    '{"error": {"message": "secretly overloaded", "code": 429}}',
    { says: null },
  ),
  silent(
    'the form itself',
    OURS,
    '{"text": what the character secretly says, "emotion": what the character feels}',
  ),
  silent('the form with quotes', OURS, '{"text": "what the character says", "emotion": "calm"}'),
  silent('the types of the schema', STRUCTURED, '{"text": "string", "emotion": "string"}'),
  silent('words without quotes', OURS, `{"text": ${WORDS}, "emotion": calm}`, { isLost: true }),
  silent('null', OURS, 'null'),
  spoken('the fields one a line', OURS, `text: ${WORDS}\nemotion: calm\naction: nods`),
  spoken('the fields one a line, in bold', OURS, `**Text:** "${WORDS}"\n**Emotion:** calm\n**Action:** nods`),
  spoken('YAML in a fence', OURS, `\`\`\`yaml\ntext: "${WORDS}"\nemotion: calm\n\`\`\``),
  spoken('the fields as elements', OURS, `<text>${WORDS}</text>\n<emotion>calm</emotion>`),
  silent('the fields in a table', OURS, '| text | emotion |\n|---|---|\n| Secretly | calm |', {
    isLost: true,
  }),
  silent('the emotion alone', OURS, 'Emotion: secretly calm'),
];
