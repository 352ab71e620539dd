import { AiIpcError } from '../../base/errors.ts';
import { withSecretFiles } from '../../config/secret-files.ts';

/**
 * A secret of the environment, or of the file that NAME_FILE names there: `sudo NAME=… ai-ipc setup` shows it to all users
 * of the machine, in the list of processes. Throws AiIpcError (bad_settings).
 */
export function secretOf(name: string): string | undefined {
  const { variables, problems } = withSecretFiles(process.env, {
    source: 'environment',
    names: [name],
    cwd: process.cwd(),
  });
  if (problems.length > 0) throw new AiIpcError('bad_settings', problems.join('\n'));
  return variables[name];
}
