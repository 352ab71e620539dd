import { quote } from './allowed.ts';
import { FIRST_MODEL } from './allowed-models.ts';
import { nearestName } from './nearest.ts';
import { isGiven, type Resolved, resolveSetting } from './resolve.ts';
import { MODEL_SERVER, MODELS, NAMED_MODEL, SERVICE } from './service-schema.ts';
import type { Definitions, Setting } from './setting.ts';
import type { ModelServerSettings, NamedModelSettings } from './settings.ts';
import type { Sources } from './sources.ts';

const { models: ALL } = MODELS;
/** As settings and personas call them; of the first one, which is not among them, by the same words. */
const LOCAL_NAMES = Object.values(NAMED_MODEL).map(localName);

type Each = { readonly [Name in keyof typeof NAMED_MODEL]: Resolved<unknown> };

interface NamedReading {
  readonly sources: Sources;
  readonly problems: string[];
  readonly effective: { key: string; value: string; unit: string; source: string }[];
}

interface AllServers {
  readonly first: ModelServerSettings | null;
  readonly named: Readonly<Record<string, NamedModelSettings>>;
}

/** The further model servers, by their names: each setting is read and checked as those of the first one are. */
export function readNamedModels(reading: NamedReading): Readonly<Record<string, NamedModelSettings>> {
  const { sources, problems, effective } = reading;
  const { value, source } = resolveSetting(ALL, sources, problems);
  const names = Object.keys(value);
  effective.push({ key: ALL.key, unit: ALL.unit, value: ALL.allowed.show(value), source });
  const place = placeOf(reading, { source, value });
  const servers = names.flatMap((name) => {
    reportUnknown(name, value[name] ?? {}, { place, problems });
    const server = readNamed(name, { place, reading });
    return server === null ? [] : [[name, server] as const];
  });
  return Object.fromEntries(servers);
}

/** Fallbacks that name no model server: the first one's are settings like others, and so is what is told of them. */
export function checkFallbacks({ sources, problems }: NamedReading, { first, named }: AllServers): void {
  const known = namesOf({ first, named });
  const check = (owner: string, key: string, fallbacks: readonly string[]) => {
    const wrong = fallbacks.find((name) => name === owner || !known.includes(name));
    if (wrong === undefined) return;
    const what = wrong === owner ? 'is that server itself' : 'is no model server';
    problems.push(
      `${key}: ${quote(wrong)} ${what}. There ${listOf(known.filter((name) => name !== owner))}.`,
    );
  };
  // Without a first server, its fallbacks would never be asked.
  if (first !== null) check(FIRST_MODEL, MODEL_SERVER.fallbacks.key, first.fallbacks);
  else if (isGiven(MODEL_SERVER.fallbacks, sources) && !isGiven(MODEL_SERVER.url, sources))
    problems.push(
      `${MODEL_SERVER.fallbacks.key} needs a first model server. Set AI_PROVIDER_URL and AI_MODEL, or leave it out.`,
    );
  for (const [name, { fallbacks }] of Object.entries(named))
    check(name, `${ALL.key}.${name}.${localName(MODEL_SERVER.fallbacks)}`, fallbacks);
}

/** Whether the server that tells older talks in short is there. */
export function checkSummaryModel({ problems }: NamedReading, name: string | null, all: AllServers): void {
  const known = namesOf(all);
  if (name === null || known.includes(name)) return;
  problems.push(`${SERVICE.summaryModel.key}: ${quote(name)} is no model server. There ${listOf(known)}.`);
}

function namesOf({ first, named }: AllServers): string[] {
  return [...(first === null ? [] : [FIRST_MODEL]), ...Object.keys(named)];
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'is no other one' : `${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}

/** Where the settings of each server stand: lines of the file, or the parts of one variable. */
interface Place {
  readonly sources: Sources;
  readonly prefix: string;
}

function placeOf(
  { sources }: NamedReading,
  { source, value }: { source: string; value: Readonly<Record<string, Readonly<Record<string, unknown>>>> },
): Place {
  const { configFile } = sources;
  if (!/^(?:environment|\.env)(?:,|$)/.test(source)) return { sources, prefix: `${ALL.key}.` };
  const entries = Object.entries(value).flatMap(([name, section]) =>
    Object.entries(section).map(([key, one]) => [`${name}.${key}`, { value: one, line: null }] as const),
  );
  const file = { ...configFile, name: `${source}: ${ALL.variable}`, entries: new Map(entries) };
  return { sources: { ...sources, configFile: file }, prefix: '' };
}

function reportUnknown(
  name: string,
  section: Readonly<Record<string, unknown>>,
  { place, problems }: { place: Place; problems: string[] },
): void {
  const { name: file, entries } = place.sources.configFile;
  for (const key of Object.keys(section)) {
    if (LOCAL_NAMES.includes(key)) continue;
    const whole = `${place.prefix}${name}.${key}`;
    const line = entries.get(whole)?.line ?? null;
    const nearest = nearestName(key, LOCAL_NAMES);
    const hint =
      nearest === undefined ? `Allowed here: ${LOCAL_NAMES.join(', ')}.` : `Did you mean ${nearest}?`;
    problems.push(`${file}${line === null ? '' : `, line ${line}`}: ${quote(whole)} is no setting. ${hint}`);
  }
}

function readNamed(
  name: string,
  { place, reading }: { place: Place; reading: NamedReading },
): NamedModelSettings | null {
  const definitions = namedDefinitions(name, place);
  const { problems, effective } = reading;
  const entries = Object.entries(definitions).map(([own, setting]) => {
    const resolved = resolveSetting(setting, place.sources, problems);
    const { unit, allowed } = setting;
    const key = `${ALL.key}.${name}.${localName(setting)}`;
    if (resolved.source !== 'default')
      effective.push({ key, unit, value: allowed.show(resolved.value), source: resolved.source });
    return [own, resolved] as const;
  });
  const each = Object.fromEntries(entries) as Each;
  for (const needed of ['url', 'model'] as const) {
    const setting = definitions[needed];
    if (setting === undefined || isGiven(setting, place.sources)) continue;
    problems.push(
      `${place.sources.configFile.name}: ${place.prefix}${name} has no ${localName(setting)}. A model server needs provider_url and model.`,
    );
  }
  if (each.url.value === null || each.model.value === null) return null;
  const values = entries.map(([own, { value }]) => [own, value]);
  return Object.fromEntries(values) as NamedModelSettings;
}

/** The settings of the first server, at their places below the name. They have no variables of their own. */
function namedDefinitions(name: string, { prefix }: Place): Definitions {
  const entries = Object.entries(NAMED_MODEL).map(([own, setting]: [string, Setting<unknown>]) => [
    own,
    { ...setting, key: `${prefix}${name}.${localName(setting)}`, variable: '' },
  ]);
  return Object.fromEntries(entries) as Definitions;
}

function localName({ key }: Pick<Setting<unknown>, 'key'>): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
