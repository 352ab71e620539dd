import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ModelWatch } from '../mind/model-servers.ts';
import { ModelError } from '../providers/model-error.ts';
import type { Health } from './base/health.ts';
import type { ModelUses } from './base/model-use.ts';

interface Watching {
  readonly server: string;
  readonly health: Health;
  readonly uses: ModelUses;
  /** With the server's name where there are several. */
  readonly logger: Logger;
  /** Who answers at last. */
  readonly fallback: string;
}

/** Tells health and log how a model fares; the log once for each time that it is down, not for each talk. */
export function watchModel({ server, health, uses, logger, fallback }: Watching): ModelWatch {
  let wasDown = false;
  let wasBusy = false;
  return {
    onFailure(error, { isDown, ...end }) {
      uses.note({ server, ...end }, 'failures');
      if (isDown) health.noteModel(server, error);
      const kind = error instanceof ModelError ? error.kind : 'server';
      // Told once for each time, like an outage; a load that goes on is told by whoever waits for its end.
      const isToldOf = kind === 'load' && (wasBusy || (error as ModelError).reason === 'loading');
      if (kind === 'load') wasBusy = true;
      if (isToldOf) return;
      if (!isDown) logger.warn({ error: messageOf(error), fallback }, toldOf(error));
      else if (!wasDown) logger.error({ error: messageOf(error), fallback }, 'The model does not answer');
      wasDown ||= isDown;
    },
    onLearnt({ model, changes }) {
      logger.info({ model, ...changes }, 'The model server wants to be asked in another way');
    },
    onLoad(model, state) {
      logger.info({ model }, state === 'loading' ? 'The model is being loaded' : 'The model is loaded');
    },
    onAnswer(end) {
      uses.note({ server, ...end }, 'answers');
      wasBusy = false;
      if (!wasDown) return;
      wasDown = false;
      health.noteModel(server, null);
      logger.info('The model answers again');
    },
  };
}

/** What a failure is about that says nothing of the model server itself. */
function toldOf(error: unknown): string {
  const kind = error instanceof ModelError ? error.kind : 'answer';
  if (kind === 'message') return 'The model server would not take a message';
  return kind === 'load' ? 'The model server takes no call now' : 'The model gave a useless answer';
}
