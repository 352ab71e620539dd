import type { Settings } from '../../config/settings.ts';
import { serverNames } from '../../mind/model-servers.ts';
import type { Persona } from '../../mind/persona/persona.ts';
import { KeptByService } from './kept.ts';
import { PersonaFiles } from './persona-files.ts';
import { type Trial, Trials } from './trials.ts';

/** The oldest talks of somebody who tries personas are forgotten behind so many; and so are the oldest of all. */
const MOST_TRIALS = 20;
const MOST_TALKS = 100;

/** NPCs' minds as their admin sees them. */
export class Minds {
  readonly files: PersonaFiles;
  readonly kept: KeptByService;
  /** Tokens that a player may use in a day; 0 is as many as he likes. */
  readonly dailyTokens: number;
  /** Who answers where a persona names nobody: the model, or null for the offline brain. */
  readonly model: string | null;
  readonly #trials: Trials;
  readonly #talks = new Map<string, readonly Trial[]>();

  constructor({ service, database }: Settings) {
    this.files = new PersonaFiles(service.personasDir, serverNames(service));
    this.kept = new KeptByService(database);
    this.dailyTokens = service.playerDailyTokens;
    this.model = service.modelServer?.model ?? null;
    this.#trials = new Trials(service);
  }

  /** What this person has said to a persona since he signed in. */
  talkOf(sessionId: string, personaId: string): readonly Trial[] {
    return this.#talks.get(keyOf(sessionId, personaId)) ?? [];
  }

  /** Says something to a persona; null where no file has it now. */
  async say(
    sessionId: string,
    { personaId, message }: { readonly personaId: string; readonly message: string },
  ): Promise<Trial | null> {
    const { book } = await this.files.look();
    const persona: Persona | undefined = book?.personas.find(({ id }) => id === personaId);
    if (book === null || persona === undefined) return null;
    const before = this.talkOf(sessionId, personaId);
    const turns = before.flatMap(({ message: said, answer }) =>
      answer === null ? [] : [{ said, answered: answer.text }],
    );
    const trial = await this.#trials.talk(book, { persona, message, turns });
    this.#keep(keyOf(sessionId, personaId), [...before, trial].slice(-MOST_TRIALS));
    return trial;
  }

  endTalk(sessionId: string, personaId: string): void {
    this.#talks.delete(keyOf(sessionId, personaId));
  }

  async close(): Promise<void> {
    await this.kept.close();
  }

  #keep(key: string, trials: readonly Trial[]): void {
    this.#talks.delete(key);
    this.#talks.set(key, trials);
    const [oldest] = this.#talks.keys();
    if (this.#talks.size > MOST_TALKS && oldest !== undefined) this.#talks.delete(oldest);
  }
}

function keyOf(sessionId: string, personaId: string): string {
  return `${sessionId} ${personaId}`;
}
