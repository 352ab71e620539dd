import { AiIpcError, messageOf } from '../../base/errors.ts';
import type { ServiceSettings } from '../../config/settings.ts';
import { type CreatedMind, createMind } from '../../mind/create-mind.ts';
import { recollect } from '../../mind/memory/fold.ts';
import type { Persona } from '../../mind/persona/persona.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import type { PlayerLine, SpokenAnswer } from '../../mind/talk/mind.ts';
import type { Turn } from '../../mind/talk/recollection.ts';
import { languageOfTalk } from '../../mind/talk/talk-language.ts';
import type { Reading } from '../../reading/message.ts';

/** What somebody says to a persona in the page. */
export interface TrialLine {
  readonly persona: Persona;
  readonly message: string;
  /** What was said before in this trial. */
  readonly turns: readonly Turn[];
}

/** What came of it, step by step. */
export interface Trial {
  readonly persona: string;
  readonly model: string | null;
  readonly message: string;
  /** null where there is no answer, and `trouble` says why. */
  readonly answer: SpokenAnswer | null;
  readonly trouble: string | null;
  /** As it was sent last; null without a model. */
  readonly prompt: { readonly system: string; readonly user: string } | null;
  /** What the model wrote, what of it was taken and what was left out and why. */
  readonly reading: Reading | null;
  /** Of the offline brain: where its answer comes from. */
  readonly rule: string | null;
  readonly steps: readonly TrialStep[];
}

interface TrialStep {
  readonly name: string;
  readonly ms: number;
}

/** A model on a slow machine takes so long at most; nobody looks at a page for longer. */
const LIMIT_MS = 60_000;

/**
 * Talks to personas as `ai-ipc talk` does: with the models of these settings and with no fallback, so that what is wrong
 * with a model shows. Nothing of it is remembered for the game. One talk at a time: what is heard on the way is its own.
 */
export class Trials {
  readonly #settings: ServiceSettings;
  #book: PersonaBook | null = null;
  #created: CreatedMind | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #heard = heardNothing();

  constructor(settings: ServiceSettings) {
    this.#settings = settings;
  }

  /** The book is the one that is in force now: a file that was changed answers as it is. */
  async talk(book: PersonaBook, line: TrialLine): Promise<Trial> {
    const turn = this.#last.then(() => this.#talk(book, line));
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  async #talk(book: PersonaBook, { persona, message, turns }: TrialLine): Promise<Trial> {
    this.#book = book;
    const { mind, offline, modelOf } = this.#mind(book);
    const model = modelOf(persona);
    this.#heard = heardNothing();
    const startMs = performance.now();
    const line = toPlayerLine({ persona, message, turns }, this.#settings.maxCharacters);
    const rule = model === null ? offline.explain(line) : null;
    const end = await mind.speak(line, AbortSignal.timeout(LIMIT_MS)).then(
      (answer) => ({ answer, trouble: null }),
      (error: unknown) => {
        // Whatever else fails is a bug, and no news of a model.
        if (!(error instanceof AiIpcError)) throw error;
        return { answer: null, trouble: messageOf(error) };
      },
    );
    const { prompt, reading } = this.#heard;
    const steps = stepsOf({ startMs, ...this.#heard, endMs: performance.now() });
    return { persona: persona.id, model, message, ...end, prompt, reading, rule, steps };
  }

  /** Made at the first talk: its models are asked for what they can do. */
  #mind(book: PersonaBook): CreatedMind {
    this.#created ??= createMind(
      { find: (npcId) => (this.#book ?? book).find(npcId) },
      {
        settings: { ...this.#settings, fallback: 'none' },
        onAsk: (prompt) => {
          this.#heard = { ...this.#heard, prompt, askedMs: performance.now() };
        },
        onReading: (reading) => {
          this.#heard = { ...this.#heard, reading, readMs: performance.now() };
        },
      },
    );
    return this.#created;
  }
}

interface Heard {
  readonly prompt: Trial['prompt'];
  readonly askedMs: number | null;
  readonly reading: Reading | null;
  readonly readMs: number | null;
}

function heardNothing(): Heard {
  return { prompt: null, askedMs: null, reading: null, readMs: null };
}

function stepsOf(times: Pick<Heard, 'askedMs' | 'readMs'> & { startMs: number; endMs: number }): TrialStep[] {
  const { startMs, askedMs, readMs, endMs } = times;
  if (askedMs === null) return [{ name: 'rules of the persona', ms: endMs - startMs }];
  const prompt = { name: 'prompt', ms: askedMs - startMs };
  if (readMs === null) return [prompt, { name: 'model', ms: endMs - askedMs }];
  return [
    prompt,
    { name: 'model', ms: readMs - askedMs },
    { name: 'checked and cleaned', ms: endMs - readMs },
  ];
}

function toPlayerLine({ persona, message, turns }: TrialLine, maxCharacters: number): PlayerLine {
  return {
    persona,
    npcId: persona.id,
    playerId: 'dashboard',
    message,
    recollection: recollect(turns),
    player: null,
    location: null,
    options: [],
    language: languageOfTalk({ asked: null, persona, message, turns }),
    maxCharacters,
  };
}
