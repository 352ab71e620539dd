import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readExamples, type Step } from './doc-examples.ts';

/** A page whose examples are run from top to bottom, on services of its own. */
export interface DocPage {
  /** Such as errors.md. */
  readonly name: string;
  readonly text: string;
  readonly steps: readonly Step[];
}

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = 'test/integration/ai-service-examples';

/** The page for people. */
export const SERVICE_PAGE = readPage('docs/ai-service.md');
/** What did not fit on it: the further endpoints. */
export const CALLS_PAGE = readPage('docs/ai-calls.md');

/** What that page does not show; README.md there says how it is written. */
export const EXAMPLE_PAGES = readdirSync(join(ROOT, FOLDER))
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => readPage(`${FOLDER}/${name}`));

function readPage(path: string): DocPage {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { name: basename(path), text, steps: readExamples(text) };
}
