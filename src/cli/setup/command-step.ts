import { join } from 'node:path';
import { AiIpcError } from '../../base/errors.ts';
import { isLinkTo, isPlainFile, makeLink } from './files.ts';
import { PACKAGE_FOLDER, type Place } from './place.ts';
import type { Step } from './step.ts';

/** `ai-ipc` as a command of this machine. */
export function commandStep({ command }: Place): Step {
  const program = join(PACKAGE_FOLDER, 'bin/ai-ipc.js');
  return {
    name: `the command ai-ipc: ${command}`,
    byHand: [`ln -sf ${program} ${command}`],
    async isDone() {
      return isLinkTo(command, program);
    },
    async work(onWork) {
      if (isPlainFile(command))
        throw new AiIpcError(
          'setup_refused',
          `${command} is a program that setup did not put there. Move it away (sudo mv ${command} ${command}.old), and run setup again.`,
        );
      makeLink(command, program);
      onWork(`${command} leads to ${program}`);
    },
  };
}
