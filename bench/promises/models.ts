import { fetchLlamaServer, startLlamaServer } from '../../test/support/llama-server.ts';
import { busySlots, ENDLESS_ANSWER, ENDLESS_SLOTS } from '../../test/support/llama-slots.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { startServiceProcess } from '../service-process.ts';
import { msOf, type Promised } from './promise.ts';

const TALKS = 4;
const ENV = {
  ...{ AI_MODEL: 'tiny', AI_WARM_UP: 'false', AI_MODEL_TIMEOUT: '300', AI_DEADLINE_MS: '300000' },
  ...{ AI_PROVIDER_BODY: JSON.stringify(ENDLESS_ANSWER), LOG_LEVEL: 'error' },
};

/** What is promised of a real model server: llama.cpp's, with a tiny model. */
export const MODELS: readonly Promised[] = [
  abandoned('without a key', {}),
  abandoned('with a key, for which it might come again', { 'Idempotency-Key': 'bench' }),
];

/** Asking /slots now and then makes it no easier: such a server looks for a hang-up only when it has nothing to tell. */
function abandoned(how: string, headers: Readonly<Record<string, string>>): Promised {
  return {
    name: `a caller hangs up (${how}), and ${TALKS - 1} others are being answered: its slot of a llama.cpp server is free`,
    withinMs: 1_000,
    async measure() {
      const llama = await startLlamaServer(await fetchLlamaServer(), ENDLESS_SLOTS);
      const service = await startServiceProcess({ ...ENV, AI_PROVIDER_URL: `${llama.url}/v1` });
      const calls = Array.from({ length: TALKS }, () => new AbortController());
      try {
        const talks = calls.map(({ signal }, at) =>
          fetch(`${service.url}/api/v1/npc/dialogue`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', ...(at === 0 ? headers : {}) },
            ...{ signal, body: '{"message":"Tell me all that you know"}' },
          }).catch(() => undefined),
        );
        await busyAre(llama.url, TALKS);
        const tookMs = await msOf(async () => {
          calls[0]?.abort();
          await busyAre(llama.url, TALKS - 1);
        });
        for (const call of calls) call.abort();
        await Promise.all(talks);
        return tookMs;
      } finally {
        await service.stop();
        await llama.stop();
      }
    },
  };
}

async function busyAre(url: string, count: number): Promise<void> {
  await waitFor(async () => (await busySlots(url)).length === count, { what: `${count} busy slots` });
}
