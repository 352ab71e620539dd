import { afterAll, beforeAll, describe, it } from 'vitest';
import { useCli } from '../support/cli-process.ts';
import { EXAMPLE_PAGES } from './support/doc-pages.ts';
import { DocRunner } from './support/doc-runner.ts';

useCli();

describe.each(EXAMPLE_PAGES)('ai-service-examples/$name', ({ steps }) => {
  let runner: DocRunner;

  beforeAll(async () => {
    runner = await DocRunner.start();
  });
  afterAll(() => runner.close());

  it.each(steps)('$title', async (step) => {
    await runner.run(step);
  });
});
