import type { Allowed } from './allowed.ts';

/** One setting: everything there is to know about it. The types of settings and what pages say of them are made of it. */
export interface Setting<T> {
  /** Its place in inference_config.yaml, with dots. */
  readonly key: string;
  /** Its name in the environment and in .env. */
  readonly variable: string;
  readonly default: T;
  /** True when nothing but a value of the admin's will do. */
  readonly isRequired?: true;
  readonly unit: string;
  /** One sentence or two, for docs/settings.md and inference_config.yaml. */
  readonly meaning: string;
  readonly allowed: Allowed<T>;
  /** What inference_config.yaml shows of a setting whose default says nothing. A secret needs none. */
  readonly example?: string | number | Readonly<Record<string, unknown>>;
  /** Its parts are settings, too: `${…}` in them is filled in where these are read. */
  readonly hasOwnSettings?: true;
  /** True for the settings of the document: inference_config.yaml has them in use, and all others behind "# ". */
  readonly isInDocument?: true;
}

/** Settings by the names that the program has for them. */
export type Definitions = Readonly<Record<string, Setting<unknown>>>;

/** The values of some settings, by the same names. */
export type ValuesOf<D extends Definitions> = {
  readonly [Name in keyof D]: D[Name] extends Setting<infer T> ? T : never;
};

/** Keeps the type of its value. */
export function define<T>(setting: Setting<T>): Setting<T> {
  return setting;
}

/** The values where nobody sets any. */
export function defaultsOf<D extends Definitions>(definitions: D): ValuesOf<D> {
  const entries = Object.entries(definitions).map(([name, setting]) => [name, setting.default]);
  return Object.fromEntries(entries) as ValuesOf<D>;
}
