import { nearestName } from './nearest.ts';
import { ALL_SETTINGS, SECRETS } from './schema.ts';
import { fileVariable } from './secret-files.ts';
import type { Sources } from './sources.ts';

/** Other programs' variables may stand in .env, so a strange name is no error there. */
export function misspeltIn({ envFile }: Sources): string[] {
  const files = SECRETS.map(({ variable }) => fileVariable(variable));
  const known = [...ALL_SETTINGS.map((setting) => setting.variable), ...files];
  const warnings: string[] = [];
  for (const name of Object.keys(envFile.variables)) {
    const nearest = known.includes(name) ? undefined : nearestName(name, known);
    if (nearest !== undefined)
      warnings.push(`.env: ${name} is no setting and does nothing here. Did you mean ${nearest}?`);
  }
  return warnings;
}
