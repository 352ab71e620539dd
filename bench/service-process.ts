import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, urlOf } from '../test/support/cli-process.ts';
import { ProgramProcess } from '../test/support/program-process.ts';

/** A real `ai-ipc service` on a free port, as an admin runs it. */
export interface ServiceProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it with these variables and nothing of the developer's own settings; what it logs is shown at its end. */
export async function startServiceProcess(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-bench-'));
  const service = new ProgramProcess(process.execPath, [PROGRAM, 'service', '--port', '0'], {
    cwd: folder,
    env,
    diesWithUs: true,
  });
  return {
    url: await urlOf(service),
    async stop() {
      const { stderr } = await service.stop('SIGTERM');
      process.stderr.write(stderr);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
