import { type Command, Option } from 'commander';
import { AiIpcError } from '../../base/errors.ts';
import type { RequestFilter } from '../../operator/request-filter.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../../queue/request.ts';
import { idFrom } from '../base/client-command.ts';
import type { SettingsOptions } from '../base/settings-options.ts';

/** What commander hands over of the options of {@link withFilterOptions}. */
export interface FilterOptions extends SettingsOptions {
  readonly status?: readonly RequestStatus[];
  readonly type?: string;
  readonly endpoint?: string;
  readonly npc?: string;
  readonly map?: string;
  readonly error?: string;
  readonly since?: string;
  readonly until?: string;
  readonly id?: string;
  readonly search?: string;
}

const UNIT_MS = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export function withFilterOptions(command: Command): Command {
  return command
    .addOption(new Option('--status <STATUS...>', 'in one of these statuses').choices(REQUEST_STATUSES))
    .option('--type <TYPE>', 'of this type, such as dialogue')
    .option('--endpoint <PATH>', 'for this endpoint, such as /api/v1/npc/dialogue')
    .option('--npc <NAME>', 'of this NPC')
    .option('--map <NAME>', 'of NPCs on this map')
    .option('--error <CODE>', 'that ended, or are retried, with this error code (docs/errors.md)')
    .option('--since <WHEN>', 'made since then: 30s, 15m, 2h, 7d ago, or "2026-01-25 12:00:00"')
    .option('--until <WHEN>', 'made before then, said in the same way')
    .option('--id <ID>', 'with this id')
    .option('--search <TEXT>', 'with this text in their data');
}

/** Throws AiIpcError (bad_argument) for what means nothing. `nowMs`: by the database's clock. */
export function filterFrom(options: FilterOptions, nowMs: number): RequestFilter {
  const { status, type, endpoint, npc, map, error, since, until, id, search } = options;
  return {
    statuses: status,
    type,
    endpoint,
    npc,
    map,
    errorCode: error,
    fromMs: since === undefined ? undefined : momentFrom('--since', since, nowMs),
    toMs: until === undefined ? undefined : momentFrom('--until', until, nowMs),
    id: id === undefined ? undefined : idFrom(id),
    text: search,
  };
}

/** An age, or a moment in the time zone of this machine. */
function momentFrom(option: string, text: string, nowMs: number): number {
  const [, number, unit] = /^(\d{1,6})\s*(s|m|min|h|d)$/.exec(text.trim()) ?? [];
  if (number !== undefined) return nowMs - Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const ms = /^\d{4}-\d\d-\d\d/.test(text.trim()) ? Date.parse(text.trim().replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  const message = `${option} "${text}" is no time. Write an age such as 15m, 2h or 7d, or a moment such as "2026-01-25 12:00:00".`;
  throw new AiIpcError('bad_argument', message);
}
