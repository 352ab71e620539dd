import type { ChatOutcome } from './chat-call.ts';
import type { Gathered } from './gathering.ts';
import { ModelError } from './model-error.ts';
import type { ProfileBook } from './profile-book.ts';
import { lesserFormat, lessonOf, mayMeanFormat, type ServerProfile } from './server-profile.ts';
import { isBlank } from './to-completion.ts';
import { type NamedServer, refused, type ServerRefusal } from './trouble.ts';

/** Two formats, two ways of instructing, one each of all others: no server has failed at more of them at once. */
const MAX_ROUNDS = 7;

export interface AbleCall {
  readonly model: string;
  readonly book: ProfileBook;
  readonly server: NamedServer;
  readonly call: (profile: ServerProfile) => Promise<ChatOutcome>;
}

/**
 * Asks with all that the server is known to take, and with less where it refuses: without what its words name; or, where
 * they name nothing, once without the format, to find out. Only what was answered is learnt.
 */
export async function askAsAble(able: AbleCall): Promise<Gathered> {
  const { model, book, server, call } = able;
  let tried: Partial<ServerProfile> = {};
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const profile = { ...book.profileOf(model), ...tried };
    const outcome = await call(profile);
    if ('gathered' in outcome) return await takeAnswer(outcome.gathered, { able, profile, tried });
    const lesson = lessonIn(outcome.refusal, { able, profile });
    if (lesson === undefined) return await probeRefused(outcome.refusal, { able, profile, tried });
    tried = { ...tried, ...lesson };
  }
  const message = `The model server refused ${MAX_ROUNDS} forms of one question. Set what it takes with AI_PROVIDER_PROFILE (docs/models.md).`;
  throw new ModelError('model_failed', message, { cause: server.baseUrl });
}

interface Trial {
  readonly able: AbleCall;
  readonly profile: ServerProfile;
  /** What was changed against what is known. */
  readonly tried: Partial<ServerProfile>;
}

/** What its words tell to change. Throws where the refusal is about the message, or about load. */
function lessonIn(refusal: ServerRefusal, { able, profile }: Omit<Trial, 'tried'>) {
  const error = refused(refusal, able.server);
  if (error.kind !== 'server') throw error;
  const lesson = lessonOf(profile, refusal);
  return lesson !== undefined && able.book.mayChange(lesson) ? lesson : undefined;
}

/** An answer without a word may be the format's fault: some servers answer so where they cannot keep it. */
async function takeAnswer(gathered: Gathered, trial: Trial): Promise<Gathered> {
  const { able, profile, tried } = trial;
  if (isBlank(gathered)) return (await probe(trial)) ?? gathered;
  if (Object.keys(tried).length > 0) able.book.learn(able.model, tried);
  able.book.proved(able.model, profile);
  return gathered;
}

async function probeRefused(refusal: ServerRefusal, trial: Trial): Promise<Gathered> {
  const answered = mayMeanFormat(refusal.status) ? await probe(trial) : undefined;
  if (answered !== undefined) return answered;
  throw refused(refusal, trial.able.server);
}

/** The same without a format. Where that is answered, the format was it: the next plainer one has its turn next time. */
async function probe({ able, profile, tried }: Trial): Promise<Gathered | undefined> {
  const { model, book, call } = able;
  const lesser = lesserFormat(profile.format);
  if (lesser === undefined || !book.mayProbe(model, profile)) return undefined;
  const outcome = await call({ ...profile, format: 'text' });
  if (!('gathered' in outcome) || isBlank(outcome.gathered)) return undefined;
  book.learn(model, { ...tried, ...lesser });
  return outcome.gathered;
}
