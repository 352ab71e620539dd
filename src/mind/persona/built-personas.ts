import { readFileSync } from 'node:fs';

interface BuiltPersona {
  readonly text: string;
  readonly value: unknown;
}

/** As far up from src/mind/persona as from dist/mind/persona. */
const FILE = new URL('../../../dist/personas.json', import.meta.url);

let built: ReadonlyMap<string, BuiltPersona> | undefined;

/**
 * What the YAML of one of the package's own persona files says, read when the package was built (bin/build-personas.js).
 * Undefined where the file has been edited since.
 */
export function builtPersona(name: string, text: string): unknown {
  built ??= readBuilt();
  const found = built.get(name);
  return found?.text === text ? found.value : undefined;
}

function readBuilt(): ReadonlyMap<string, BuiltPersona> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, BuiltPersona>));
  } catch {
    // Built by tsc alone: the YAML is read.
    return new Map();
  }
}
