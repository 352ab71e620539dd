import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Persona } from '../../mind/persona/persona.ts';
import {
  createPersonaBook,
  OWN_PERSONAS,
  type PersonaBook,
  personaPaths,
  readPersona,
  withNeutral,
} from '../../mind/persona/persona-book.ts';
import { serverProblem } from '../../mind/persona/persona-server.ts';

/** A persona file as it is now. */
export interface PersonaFile {
  readonly path: string;
  readonly name: string;
  /** null where it cannot be used. */
  readonly persona: Persona | null;
  /** For who writes it: each mistake by its name. */
  readonly problem: string | null;
}

export interface LookAtPersonas {
  readonly folder: string;
  readonly files: readonly PersonaFile[];
  /** Of the folder as a whole, such as one name for two; null where there is none. */
  readonly problem: string | null;
  /** All that can be used; null where they cannot be used together. */
  readonly book: PersonaBook | null;
}

/** Reads a folder of personas as it is; a file that has not changed is not read again: YAML is 30 ms of CPU a file. */
export class PersonaFiles {
  readonly #folder: string;
  readonly #servers: readonly string[];
  #read = new Map<string, { readonly version: string; readonly file: PersonaFile }>();

  constructor(folder: string | null, servers: readonly string[]) {
    this.#folder = folder ?? OWN_PERSONAS;
    this.#servers = servers;
  }

  async look(): Promise<LookAtPersonas> {
    const folder = this.#folder;
    try {
      const paths = withNeutral(await personaPaths(folder));
      const entries = await Promise.all(paths.map((path) => this.#readOnce(path)));
      this.#read = new Map(entries);
      const files = entries.map(([, { file }]) => file);
      const book = createPersonaBook(files.flatMap(({ persona }) => persona ?? []));
      return { folder, files, problem: null, book };
    } catch (error) {
      const files = [...this.#read.values()].map(({ file }) => file);
      return { folder, files, problem: messageOf(error), book: null };
    }
  }

  /** The next look reads every file anew, whatever its time says. */
  forget(): void {
    this.#read.clear();
  }

  async #readOnce(path: string): Promise<[string, { version: string; file: PersonaFile }]> {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    const version =
      found === undefined ? 'gone' : `${found.mtimeNs} ${found.ctimeNs} ${found.size} ${found.ino}`;
    const before = this.#read.get(path);
    if (before?.version === version) return [path, before];
    return [path, { version, file: await this.#readFile(path) }];
  }

  async #readFile(path: string): Promise<PersonaFile> {
    const name = basename(path);
    try {
      const persona = await readPersona(path);
      return { path, name, persona, problem: serverProblem(persona, { path, servers: this.#servers }) };
    } catch (error) {
      return { path, name, persona: null, problem: messageOf(error) };
    }
  }
}
