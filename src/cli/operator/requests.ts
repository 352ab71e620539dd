import { Command } from 'commander';
import { AiIpcError } from '../../base/errors.ts';
import type { Operator } from '../../operator/operator.ts';
import type { RequestFilter } from '../../operator/request-filter.ts';
import type { RequestPage } from '../../operator/request-list.ts';
import { idFrom, wholeNumberFrom } from '../base/client-command.ts';
import { count } from '../base/figures.ts';
import { withSettingsOptions } from '../base/settings-options.ts';
import { print, terminalWidth } from '../base/terminal.ts';
import { withOperator } from '../base/with-operator.ts';
import { type FilterOptions, filterFrom, withFilterOptions } from './filter-options.ts';
import { requestLines } from './request-lines.ts';

interface RequestsOptions extends FilterOptions {
  readonly limit: string;
  readonly before?: string;
  readonly count?: boolean;
  readonly ids?: boolean;
  readonly json?: boolean;
}

const MOST = 10_000;
/** A person who asks a table of ten million for something rare would rather wait than ask again. */
const LOOK_MS = 15_000;

/** `ai-ipc requests`: which requests there are. */
export function requestsCommand(): Command {
  const command = withFilterOptions(
    new Command('requests').description('list requests, the newest first, by whatever is known of them'),
  )
    .option('--limit <NUMBER>', `as many as this, 1 to ${count(MOST)}`, '20')
    .option('--before <ID>', 'those with lower ids: the next page')
    .option('--count', 'print how many there are, and not which')
    .option('--ids', 'print their ids alone, for other commands')
    .option('--json', 'print {"requests", "next", "isCutShort"}; with --count {"requests", "isWhole"}')
    .addHelpText(
      'after',
      `
All filters hold together. Texts are compared whole and in either case; --search looks within. What players said is not
shown: \`ai-ipc show ID\` does that. Yellow: completed, but not at the first attempt.

Examples:
  ai-ipc requests --status failed timeout --since 2h
  ai-ipc requests --npc Sage --search "lost sword" --limit 5
  ai-ipc requests --status failed --error ai_unreachable --since 1h --ids | xargs ai-ipc retry`,
    );
  return withSettingsOptions(command).action((options: RequestsOptions) =>
    withOperator(options, (operator) => runRequests(operator, options)),
  );
}

async function runRequests(operator: Operator, options: RequestsOptions): Promise<void> {
  const nowMs = await operator.nowMs();
  const filter = filterFrom(options, nowMs);
  if (options.count) return await printCount(operator, filter, options);
  const page = await readPage(operator, filter, options);
  if (options.json) print(JSON.stringify(page));
  else if (options.ids) process.stdout.write(page.requests.map(({ id }) => `${id}\n`).join(''));
  else print(...requestLines(page.requests, nowMs, terminalWidth()));
  tellRest(page, options);
}

async function printCount(
  operator: Operator,
  filter: RequestFilter,
  options: RequestsOptions,
): Promise<void> {
  const counted = await operator.count(filter, { limitMs: LOOK_MS });
  print(options.json ? JSON.stringify(counted) : String(counted.requests));
  if (!counted.isWhole)
    process.stderr.write('There may be more: the time was over. Narrow it down with --since.\n');
}

async function readPage(
  operator: Operator,
  filter: RequestFilter,
  options: RequestsOptions,
): Promise<RequestPage> {
  const limit = wholeNumberFrom('--limit', options.limit);
  if (limit < 1 || limit > MOST)
    throw new AiIpcError('bad_argument', `--limit ${limit} is not from 1 to ${count(MOST)}.`);
  const before = options.before === undefined ? undefined : idFrom(options.before);
  return await operator.list(filter, { limit, before, limitMs: LOOK_MS });
}

/** On stderr: what stands on stdout may go into another command. */
function tellRest({ requests, next, isCutShort }: RequestPage, { json }: RequestsOptions): void {
  if (json) return;
  if (next === null) {
    if (requests.length === 0) process.stderr.write('There is no such request.\n');
    return;
  }
  const why = isCutShort
    ? 'The time was over, and there may be more'
    : `There are more than these ${requests.length}`;
  process.stderr.write(`${why}: go on with --before ${next}\n`);
}
