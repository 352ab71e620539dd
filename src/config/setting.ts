import type { Allowed } from './allowed.ts';

/** One setting: everything there is to know about it. */
export interface Setting<T> {
  /** Its place in inference_config.yaml, with dots. */
  readonly key: string;
  /** Its name in the environment and in .env. */
  readonly variable: string;
  readonly default: T;
  /** True when nothing but a value of the admin's will do. */
  readonly isRequired?: true;
  readonly unit: string;
  readonly meaning: string;
  readonly allowed: Allowed<T>;
}

/** Keeps the type of its value. */
export function define<T>(setting: Setting<T>): Setting<T> {
  return setting;
}
