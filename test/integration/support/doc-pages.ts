import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExamples, type Step } from './doc-examples.ts';

/** A page whose examples are run from top to bottom, on services of its own. */
export interface DocPage {
  /** From the project's root, such as docs/ai-service.md. */
  readonly name: string;
  readonly text: string;
  readonly steps: readonly Step[];
}

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = 'test/integration/ai-service-examples';

/** The page for people. */
export const SERVICE_PAGE = readPage('docs/ai-service.md');

/** What that page does not show; README.md there says how it is written. */
export const EXAMPLE_PAGES = readdirSync(join(ROOT, FOLDER))
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => readPage(`${FOLDER}/${name}`));

function readPage(name: string): DocPage {
  const text = readFileSync(join(ROOT, name), 'utf8');
  return { name, text, steps: readExamples(text) };
}
