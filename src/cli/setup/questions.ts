import { password as askSecret, confirm, intro, isCancel, note, text } from '@clack/prompts';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { type Answers, servicePortOf, urlAt } from './answers.ts';

/** What is wrong with answers; undefined where nothing is. */
export type Check = (answers: Answers) => unknown;

/** Asks for each answer; Enter takes the one that is shown. Throws AiIpcError (aborted) at Ctrl-C. */
export async function askAll(start: Answers, check: Check): Promise<Answers> {
  intro('AI IPC setup: Enter takes the answer that is shown, Ctrl-C changes nothing.');
  let answers = start;
  for (const { name, message } of QUESTIONS) {
    const asked = await text({
      message,
      initialValue: answers[name],
      validate: (value = '') => problemOf(check, { ...answers, [name]: value }),
    });
    answers = { ...answers, [name]: given(asked) };
  }
  answers = { ...answers, dbPassword: await askPassword(answers, start, check) };
  return await askService(answers, check);
}

const QUESTIONS = [
  { name: 'dbHost', message: 'Where is the database server? A host, or the path of its socket' },
  { name: 'dbPort', message: 'Its port (of no use with a socket)' },
  {
    name: 'dbName',
    message: "Which database? rAthena's own is ragnarok, as a rule; it is made where it is missing",
  },
  { name: 'dbUser', message: 'Which database user? He is made where he is missing' },
] as const satisfies readonly { name: keyof Answers; message: string }[];

async function askPassword(answers: Answers, { dbPassword }: Answers, check: Check): Promise<string> {
  const asked = await askSecret({
    message: `The password of ${answers.dbUser}. Enter alone: the one of the settings file, or a new one by chance`,
    validate: (value) => (value ? problemOf(check, { ...answers, dbPassword: value }) : undefined),
  });
  return given(asked ?? '') || dbPassword;
}

async function askService(answers: Answers, check: Check): Promise<Answers> {
  const hasOwnService = given(
    await confirm({
      message: 'Run the AI service of the package here? (No: you have one of your own)',
      initialValue: answers.hasOwnService,
    }),
  );
  const own = { ...answers, hasOwnService };
  const aiServiceUrl = given(
    await text({
      message: hasOwnService ? 'Its address; of this machine' : 'The address of your AI service',
      initialValue: hasOwnService ? (urlAt(servicePortOf(answers)) ?? '') : answers.aiServiceUrl,
      validate: (value = '') => problemOf(check, { ...own, aiServiceUrl: value }),
    }),
  );
  return { ...own, aiServiceUrl };
}

/** Shows what it will be, and wants a yes. */
export async function askToBegin(lines: readonly string[]): Promise<void> {
  note(lines.join('\n'), 'What will be done');
  if (!given(await confirm({ message: 'Do it?' }))) throw aborted();
}

/** A yes for something that changes what somebody has written. */
export async function askForYes(message: string): Promise<boolean> {
  return given(await confirm({ message, initialValue: false }));
}

/** Of the administrator of the database, when the server wants one. */
export async function askAdminPassword(user: string): Promise<string> {
  return given(await askSecret({ message: `The password of ${user}, the administrator of the database` }));
}

function given<T>(asked: T): Exclude<T, symbol> {
  if (isCancel(asked)) throw aborted();
  return asked as Exclude<T, symbol>;
}

function problemOf(check: Check, answers: Answers): string | undefined {
  try {
    check(answers);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function aborted(): AiIpcError {
  return new AiIpcError('aborted', 'Stopped by you. Nothing was changed.');
}
