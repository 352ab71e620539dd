import { messageOf } from '../../../src/base/errors.ts';
import { buildHarness, forgetFailures } from './build.ts';

/** Before the tests and not in one of them: installing a compiler and building take longer than a test may. */
export default async function buildOnce(): Promise<void> {
  forgetFailures();
  try {
    await buildHarness();
  } catch (error) {
    // Each test that needs it fails with the same; thrown here, it would end the run for all other tests, too.
    process.stderr.write(`${messageOf(error)}\n`);
  }
}
