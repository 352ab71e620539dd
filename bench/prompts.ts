import { fetchLlamaServer, startLlamaServer } from '../test/support/llama-server.ts';
import { meanOf, talkAsFriend, WALKS, type Walk, YOUNG_TALKS } from '../test/support/old-friend.ts';
import { startTimingsProxy } from '../test/support/timings-proxy.ts';
import { startServiceProcess } from './service-process.ts';

const LLAMA = ['--seed', '1', '--ctx-size', '16384', '--parallel', '4'];

/**
 * How many tokens of each prompt a real llama.cpp server reads anew, in talks 9 to 50 of one player with one NPC: the
 * others it has kept from the talk before. On a server without a graphics card each costs some 15 ms.
 */
export async function prompts(): Promise<void> {
  const root = await fetchLlamaServer();
  for (const [how, walk] of WALKS) await measure(root, how, walk);
}

async function measure(root: string, how: string, walk: Walk): Promise<void> {
  const llama = await startLlamaServer(root, LLAMA);
  const proxy = await startTimingsProxy(llama.url);
  const service = await startServiceProcess({
    ...{ LOG_LEVEL: 'warn', AI_PROVIDER_URL: `${proxy.url}/v1`, AI_MODEL: 'tiny', AI_WARM_UP: 'false' },
    ...{ AI_MODEL_TIMEOUT: '60', AI_DEADLINE_MS: '60000' },
  });
  try {
    const providers = await talkAsFriend(`${service.url}/api/v1/npc/dialogue`, walk);
    const byModel = providers.filter((provider) => provider === 'openai').length;
    const old = proxy.timings.slice(YOUNG_TALKS);
    const read = old.map(({ prompt_n }) => prompt_n);
    const whole = old.map(({ prompt_n, cache_n }) => prompt_n + cache_n);
    process.stdout.write(
      `a player who ${how}: ${meanOf(read).toFixed(1)} new tokens a talk of ${meanOf(whole).toFixed(0)}, ` +
        `most ${Math.max(...read)}, ${byModel} of ${providers.length} answered by the model\n`,
    );
  } finally {
    await service.stop();
    await proxy.close();
    await llama.stop();
  }
}
