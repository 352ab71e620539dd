import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type Lifecycle, Loop } from '../../base/lifecycle.ts';
import type { Persona } from './persona.ts';
import {
  createPersonaBook,
  lentPaths,
  loadPersonas,
  NEUTRAL,
  OWN_PERSONAS,
  type PersonaBook,
  personaPaths,
  readPersona,
  toPersonaId,
  withNeutral,
} from './persona-book.ts';
import { serverProblem } from './persona-server.ts';

/** A book that follows its files once it is started. */
export interface LivePersonaBook extends PersonaBook, Lifecycle {
  /** Looks at the files now; what a look takes up is there when it resolves. It never rejects. */
  refresh(): Promise<void>;
}

/** What a logger is told of files that change. */
export interface ReloadLog {
  info(fields: { readonly personas: number }, message: string): void;
  /** `reason` is for people: it names the file and each mistake. */
  warn(fields: { readonly reason: string; readonly path?: string }, message: string): void;
}

export interface LivePersonaOptions {
  readonly clock: Clock;
  readonly logger: ReloadLog;
  /** The model servers that personas may name; left out, nobody looks. */
  readonly servers?: readonly string[];
}

/** Eight stats a second cost nothing, and unlike file events they work on network and container folders too. */
const LOOK_EVERY_MS = 1_000;

/** One version of a file: read well, or not. */
interface Reading {
  readonly version: string;
  readonly persona: Persona | undefined;
}

/**
 * Opens the personas of a folder as loadPersonas does, and takes up what changes there. A file that cannot be used
 * keeps its last good version and is logged once. Throws AiIpcError persona_invalid when the first reading fails.
 */
export async function openPersonas(
  folder: string = OWN_PERSONAS,
  { clock, logger, servers }: LivePersonaOptions,
): Promise<LivePersonaBook> {
  let versions = await versionsIn(folder);
  let book = await loadPersonas(folder);
  const lent = await lentPaths(folder);
  let readings = new Map<string, Reading>(
    [...versions].map(([path, version]) => [path, { version, persona: book.find(toPersonaId(path)) }]),
  );
  for (const [path, { persona }] of readings) tellOfServer(persona, { path, logger, servers });
  const look = async () => {
    const now = await versionsIn(folder);
    if (sameEntries(now, versions)) return;
    versions = now;
    readings = await readChanged(now, { readings, logger, servers });
    const personas = [...readings.values()].flatMap(({ persona }) => persona ?? []);
    book = createPersonaBook(
      personas.some(({ id }) => id === NEUTRAL) ? personas : [...personas, book.find(null)],
      lent,
    );
    logger.info({ personas: book.personas.length }, 'Personas reloaded');
  };
  let lastTrouble: string | undefined;
  const refresh = async () => {
    try {
      await look();
      lastTrouble = undefined;
    } catch (error) {
      const reason = messageOf(error);
      // Said once, not every second.
      if (reason !== lastTrouble) logger.warn({ reason }, 'Personas not reloaded: the ones before stay');
      lastTrouble = reason;
    }
  };
  const loop = new Loop({
    clock,
    turn: async () => {
      await refresh();
      return LOOK_EVERY_MS;
    },
    onError: () => LOOK_EVERY_MS,
  });
  return {
    get personas() {
      return book.personas;
    },
    find: (npcId, language) => book.find(npcId, language),
    has: (npcId) => book.has(npcId),
    refresh,
    start: () => loop.start(),
    stop: () => loop.stop(),
  };
}

/** Each file with what changes when it is written. */
async function versionsIn(folder: string): Promise<Map<string, string>> {
  const paths = withNeutral(await personaPaths(folder));
  const entries = await Promise.all(
    paths.map(async (path): Promise<[string, string][]> => {
      // A file that is gone between the two looks is a file that is gone.
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      return found ? [[path, `${found.mtimeNs} ${found.ctimeNs} ${found.size} ${found.ino}`]] : [];
    }),
  );
  return new Map(entries.flat());
}

async function readChanged(
  versions: ReadonlyMap<string, string>,
  {
    readings,
    ...told
  }: { readings: ReadonlyMap<string, Reading>; logger: ReloadLog; servers: readonly string[] | undefined },
): Promise<Map<string, Reading>> {
  const read = async ([path, version]: readonly [string, string]): Promise<[string, Reading]> => {
    const before = readings.get(path);
    if (before?.version === version) return [path, before];
    try {
      const persona = await readPersona(path);
      tellOfServer(persona, { path, ...told });
      return [path, { version, persona }];
    } catch (error) {
      told.logger.warn(
        { path, reason: messageOf(error) },
        'Persona file not taken up: the version before stays',
      );
      return [path, { version, persona: before?.persona }];
    }
  };
  return new Map(await Promise.all([...versions].map(read)));
}

interface Telling {
  readonly path: string;
  readonly logger: ReloadLog;
  readonly servers: readonly string[] | undefined;
}

/** No reason to be silent: the persona speaks by the first model. */
function tellOfServer(persona: Persona | undefined, { path, logger, servers }: Telling): void {
  if (persona === undefined || servers === undefined) return;
  const reason = serverProblem(persona, { path, servers });
  if (reason === null) return;
  logger.warn({ path, reason }, 'Persona names a model server that is not set: the first one answers');
}

function sameEntries(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, version]) => b.get(path) === version);
}
