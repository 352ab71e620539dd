import type { GameFacts, LoadedFile, TreeFacts } from './game-facts.ts';
import { countAsked, countBroken, suspectCodepages } from './seen-texts.ts';

/** What a check says. mend: something does not work. note: good to know. */
export interface GameFinding {
  readonly check: string;
  readonly weight: 'mend' | 'note';
  /** What is so, with its value. */
  readonly reason: string;
  /** What to do. */
  readonly remedy: string;
}

type Said = Omit<GameFinding, 'check'>;

export interface GameCheck {
  readonly name: string;
  /** What it looks at, for people. */
  readonly of: string;
  readonly look: (facts: GameFacts) => readonly Said[];
}

/** Each with its reason and its remedy, in the order in which they are mended. */
export const GAME_CHECKS: readonly GameCheck[] = [
  { name: 'files', of: 'the files of this version', look: ({ tree }) => lookAtFiles(tree) },
  { name: 'build', of: 'the map server, built since', look: ({ tree }) => lookAtBuild(tree) },
  { name: 'npcs', of: 'npc/scripts_custom.conf', look: ({ tree }) => lookAtNpcs(tree) },
  { name: 'settings', of: 'conf/import/ai_ipc.conf', look: ({ tree }) => lookAtSettings(tree) },
  { name: 'connection', of: 'the database, as the map server reaches it', look: lookAtConnection },
  { name: 'rights', of: "what the map server's user may", look: lookAtRights },
  { name: 'codepage', of: 'the clients’ letters', look: lookAtCodepage },
  { name: 'worker', of: 'a worker on this database', look: lookAtWorker },
  { name: 'way', of: 'a request there and back', look: lookAtWay },
];

/** Everything that the checks say. */
export function findGameFaults(facts: GameFacts): GameFinding[] {
  return GAME_CHECKS.flatMap(({ name, look }) => look(facts).map((said) => ({ check: name, ...said })));
}

/** Whether this installation is the library alone, for a map server without our commands. */
function isLibraryAlone({ report, loaded }: TreeFacts): boolean {
  return report.version === undefined && loaded.some(({ path }) => path.endsWith('_lib_sql.txt'));
}

function lookAtFiles(tree: TreeFacts): readonly Said[] {
  const { root, isThere, differences, notes, edited } = tree.report;
  const told = notes.map((reason) => note(reason, ''));
  if (!isThere) return [mend(`AI IPC is not installed in ${root}.`, installRemedy(root))];
  if (isLibraryAlone(tree)) return told;
  const ofEdited = edited.map((path) =>
    mend(
      `${path} is edited, and install refuses to write over it.`,
      `Move what is yours into a file of its own; then ai-ipc rathena install ${root} --force puts this one aside (${path}.yours) and installs ours.`,
    ),
  );
  const others = differences.filter((sentence) => !edited.some((path) => sentence === `${path} is edited`));
  const remedy =
    edited.length === 0 ? installRemedy(root) : `${installRemedy(root)} --force (edited files are put aside)`;
  return [...ofEdited, ...others.map((reason) => mend(ended(reason), remedy)), ...told];
}

function installRemedy(root: string): string {
  return `ai-ipc rathena install ${root}`;
}

function ended(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

function lookAtBuild(tree: TreeFacts): readonly Said[] {
  const { build, report } = tree;
  const { root, isThere } = report;
  const { program, newer, unseen, hasCommands } = build;
  if (!isThere || isLibraryAlone(tree)) return [];
  const make = `cd ${root} && make server (on Windows build map-server in Visual Studio), and start it again.`;
  if (program === undefined)
    return [mend(`There is no map-server in ${root}.`, `Build it: cd ${root} && ./configure && make server`)];
  if (unseen.length > 0)
    return [
      mend(
        `${program} is older than ${unseen[0]}, and make does not see that this file was changed.`,
        `cd ${root} && touch src/custom/script.inc && make server, and start it again.`,
      ),
    ];
  if (newer.length > 0)
    return [mend(`${program} was built before these files were installed (${newer[0]} is newer).`, make)];
  if (!hasCommands)
    return [
      mend(
        `${program} has no ai_db_request in it, though it is newer than the files: it was built without them.`,
        `cd ${root} && touch src/custom/script.inc src/map/script.cpp && make server, and start it again.`,
      ),
    ];
  return [];
}

function lookAtNpcs({ loaded, report, libraryLines }: TreeFacts): readonly Said[] {
  if (!report.isThere) return [];
  const lines = libraryLines.join(' and ');
  const tests = loaded.filter(({ path }) => path.includes('/test/'));
  const testing = tests.map(({ path }) =>
    note(
      `${path} makes requests whenever the map server starts.`,
      'Take its line out of npc/scripts_custom.conf when all is well.',
    ),
  );
  if (loaded.every(({ functions }) => functions.length === 0))
    return [
      note(
        'npc/scripts_custom.conf loads no library of AI IPC: scripts have no function F_AI_….',
        `Add ${lines}, above your own NPCs.`,
      ),
      ...testing,
    ];
  return [...twice(loaded), ...lacking(loaded, lines), ...testing];
}

/** Functions that two files have: the map server takes the last. */
function twice(loaded: readonly LoadedFile[]): readonly Said[] {
  return loaded.flatMap(({ path, functions }, index) => {
    const other = loaded
      .slice(0, index)
      .find((one) => one.functions.some((name) => functions.includes(name)));
    if (other === undefined) return [];
    return [
      mend(
        `npc/scripts_custom.conf loads ${other.path} and ${path}, which have the same functions.`,
        'Leave one out: the one over query_sql (ai_ipc_lib_sql.txt) where the map server has our commands.',
      ),
    ];
  });
}

/** Functions that a loaded file calls and none has. */
function lacking(loaded: readonly LoadedFile[], lines: string): readonly Said[] {
  const has = new Set(loaded.flatMap(({ functions }) => functions));
  const missing = loaded.flatMap(({ path, calls }) =>
    calls.filter((name) => !has.has(name)).map((name) => ({ path, name })),
  );
  const [first] = missing;
  if (first === undefined) return [];
  return [
    mend(
      `${first.path} calls ${first.name}, and no file that npc/scripts_custom.conf loads has it.`,
      `The library is loaded by ${lines}; without our commands, by ai_ipc_lib_sql.txt in place of the last.`,
    ),
  ];
}

function lookAtSettings({ settings, defaults, mapDatabase, report }: TreeFacts): readonly Said[] {
  if (!report.isThere) return [];
  const wrong = settings.flatMap(({ key, value, line }) => {
    const fallback = defaults.get(key);
    const place = `conf/import/ai_ipc.conf, line ${line}`;
    if (fallback === undefined)
      return [
        mend(`${place}: there is no setting ${key}.`, `It is one of ${[...defaults.keys()].join(', ')}.`),
      ];
    return isOfKind(value, fallback)
      ? []
      : [mend(`${place}: "${value}" is no value for ${key}.`, kindOf(fallback))];
  });
  if (mapDatabase !== undefined) return wrong;
  return [
    ...wrong,
    mend(
      `${report.root}/conf/inter_athena.conf does not name the map server's database (map_server_ip, _id, _pw, _db).`,
      'git checkout conf/inter_athena.conf brings it back; what is yours belongs into conf/import/inter_conf.txt.',
    ),
  ];
}

function isOfKind(value: string, fallback: string): boolean {
  if (/^\d+$/.test(fallback)) return /^\d+$/.test(value);
  return isSwitch(fallback) ? isSwitch(value) : /^\S+$/.test(value);
}

function isSwitch(value: string): boolean {
  return value === 'yes' || value === 'no';
}

function kindOf(fallback: string): string {
  if (/^\d+$/.test(fallback)) return `Give a whole number; ${fallback} holds else.`;
  return isSwitch(fallback)
    ? `Give yes or no; ${fallback} holds else.`
    : `Give one word; ${fallback} holds else.`;
}

function lookAtConnection({ database }: GameFacts): readonly Said[] {
  if (database?.trouble === undefined) return [];
  return [
    mend(
      `The map server's user cannot work on ${database.name}: ${database.trouble}`,
      'map_server_… in conf/inter_athena.conf and conf/import/inter_conf.txt say how it connects; ai-ipc migrate makes the tables.',
    ),
  ];
}

function lookAtRights({ database }: GameFacts): readonly Said[] {
  if (database === undefined || database.trouble !== undefined || database.missingRights.length === 0)
    return [];
  return [
    mend(
      `The map server's user lacks ${database.missingRights.join(', ')} on ${database.name}.`,
      'The part for the game in deploy/grants.sql gives them; or GRANT SELECT, INSERT, UPDATE, DELETE on the whole database.',
    ),
  ];
}

function lookAtCodepage({ tree, database }: GameFacts): readonly Said[] {
  const set = tree.settings.findLast(({ key }) => key === 'client_codepage')?.value ?? 'connection';
  const inLibrary = tree.libraryCodepage;
  const said: Said[] = [];
  if (inLibrary !== undefined && set !== 'connection' && inLibrary !== set)
    said.push(
      mend(
        `client_codepage is ${set}, and F_AI_Setting of the library says ${inLibrary}.`,
        'Both are what the game clients speak: write the same word.',
      ),
    );
  if (database === undefined || database.trouble !== undefined) return said;
  const { characterSets, connectionCodepage, texts } = database;
  const used = set === 'connection' ? tree.mapDatabase?.codepage || connectionCodepage : set;
  if (!characterSets.includes(used))
    return [
      ...said,
      mend(
        `The database knows no character set "${used}" (client_codepage: ${set}).`,
        `It knows ${characterSets.join(', ')}.`,
      ),
    ];
  return [...said, ...lookAtTexts(texts, used)];
}

function lookAtTexts(texts: readonly string[], used: string): readonly Said[] {
  const suspected = suspectCodepages(texts);
  const [first] = suspected;
  if (first !== undefined && !suspected.some(({ codepage }) => codepage === used))
    return [
      mend(
        `Requests were read as ${used}, and fit ${suspected.map(({ codepage }) => codepage).join(', ')}: "${first.seen}" would be "${first.meant}".`,
        `If that is what the clients speak: client_codepage: ${first.codepage} in conf/import/ai_ipc.conf, and start the map server again.`,
      ),
    ];
  const broken = countBroken(texts);
  if (broken > 0)
    return [
      mend(
        `In ${broken} of the last ${texts.length} requests there are bytes that are no text in ${used}.`,
        'Set client_codepage in conf/import/ai_ipc.conf to what the game clients speak (docs/rathena.md lists them), and start the map server again.',
      ),
    ];
  const asked = countAsked(texts);
  if (asked === 0) return [];
  return [
    note(
      `In ${asked} of the last ${texts.length} requests a "?" stands between letters, as where ${used} lacks one.`,
      'Where players did not type it, client_codepage in conf/import/ai_ipc.conf is not what the clients speak.',
    ),
  ];
}

function lookAtWorker({ database }: GameFacts): readonly Said[] {
  if (database === undefined || database.trouble !== undefined || database.livingWorkers > 0) return [];
  const { name, otherDatabase } = database;
  if (otherDatabase !== undefined)
    return [
      mend(
        `No worker is alive on ${name}, where the map server asks; the settings here lead the worker to ${otherDatabase}.`,
        'Give both the same database: DB_HOST, DB_PORT and DB_NAME in .env as map_server_… in conf/inter_athena.conf.',
      ),
    ];
  return [
    mend(
      `No worker is alive on ${name}.`,
      'ai-ipc worker, or systemctl start ai-ipc-worker; its log says why it ends: journalctl -u ai-ipc-worker -n 50',
    ),
  ];
}

function lookAtWay({ database }: GameFacts): readonly Said[] {
  if (database === undefined || database.trouble !== undefined || database.way?.trouble === undefined)
    return [];
  return [
    mend(
      `A request was not answered: ${database.way.trouble}`,
      'ai-ipc selftest looks at the worker and the AI service; docs/errors.md explains the code.',
    ),
  ];
}

function mend(reason: string, remedy: string): Said {
  return { weight: 'mend', reason, remedy };
}

function note(reason: string, remedy: string): Said {
  return { weight: 'note', reason, remedy };
}
