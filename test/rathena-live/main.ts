import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BurstResult, burstNpcs, playBurst } from './burst.ts';
import { ratioOf, tooLong, wordsOf } from './burst-words.ts';
import { KINDS, leavingNpcs, playRound } from './leaving.ts';
import { LOOP_SETTINGS, type LoopPhase, loopNpcs, playLoop } from './loop.ts';
import { ratiosOfLoop, tooLongIn, wordsOfLoop } from './loop-words.ts';
import { playMenus } from './menus.ts';
import { CODEPAGES, playParity } from './parity.ts';
import { type Library, missingPrograms } from './run-folder.ts';
import { Stage, type Start } from './stage.ts';
import { WAYS } from './ways.ts';

const LIBRARIES: readonly Library[] = ['commands', 'sql'];
const MOST_LINES_TOLD = 10;
const MOST_LAST_LINES = 4;
const LOGIN_ROUNDS = 5;
const LOOK_FOR_PARENT_MS = 1_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of PARTS; all where none is named. */
    part: { type: 'string', multiple: true },
    library: { type: 'string', multiple: true },
    kind: { type: 'string', multiple: true },
    /** By its number, from 1 on. */
    way: { type: 'string', multiple: true },
    codepage: { type: 'string', multiple: true },
    /** A rAthena with commands and library of an older AI IPC: burst and loop are played there first, to compare. */
    before: { type: 'string' },
    /** Of the burst. */
    players: { type: 'string', default: '300' },
  },
});
const PARTS: Readonly<Record<string, (rathena: string) => Promise<boolean>>> = {
  leaving,
  menus,
  parity,
  burst,
  loop,
};
/** What is no test of ours, and played by name alone. */
const MORE_PARTS: Readonly<Record<string, (rathena: string) => Promise<boolean>>> = { logins };

/** What may be chosen. */
const CHOICES = {
  part: [...Object.keys(PARTS), ...Object.keys(MORE_PARTS)],
  library: LIBRARIES,
  kind: KINDS,
  way: WAYS.map((_, at) => String(at + 1)),
  codepage: CODEPAGES,
} as const;

endWithoutLeavingAnybody();
const [folder] = positionals;
if (wrongChoice() !== undefined) {
  process.stderr.write(`ERROR ${wrongChoice()}\n`);
  process.exitCode = 2;
} else if (folder === undefined) {
  print(
    'left out: the plays on a real map server, since no folder of a built rAthena was named (docs/rathena.md)',
  );
} else if (notBuilt(folder) !== undefined) {
  process.stderr.write(`ERROR ${notBuilt(folder)}: build it first\n`);
  process.exitCode = 2;
} else {
  process.exitCode = (await playAll(resolve(folder))) ? 0 : 1;
}

function notBuilt(rathena: string): string | undefined {
  const folders = values.before === undefined ? [rathena] : [rathena, values.before];
  const wrong = folders.find((one) => missingPrograms(one).length > 0);
  return wrong === undefined ? undefined : `${wrong} has no ${missingPrograms(wrong).join(', ')}`;
}

function wrongChoice(): string | undefined {
  for (const name of Object.keys(CHOICES) as (keyof typeof CHOICES)[]) {
    const known: readonly string[] = CHOICES[name];
    const wrong = values[name]?.find((one) => !known.includes(one));
    if (wrong !== undefined) return `--${name} ${wrong} is none of ${known.join(', ')}`;
  }
  return undefined;
}

async function playAll(rathena: string): Promise<boolean> {
  let isGood = true;
  const parts = values.part === undefined ? PARTS : { ...PARTS, ...MORE_PARTS };
  for (const [name, play] of Object.entries(parts)) {
    if (!isChosen(values.part, name)) continue;
    print(`${name}:`);
    if (!(await play(rathena))) isGood = false;
  }
  print(isGood ? 'all good' : 'NOT all good');
  return isGood;
}

/** Every way of leaving, by all players at once. */
async function leaving(rathena: string): Promise<boolean> {
  const players = 50;
  return await onStage(rathena, players, async (stage) => {
    let isGood = true;
    for (const library of chosenLibraries()) {
      await stage.start({ library, npcs: { 'leaving.txt': leavingNpcs(players) } });
      for (const kind of KINDS.filter((name) => isChosen(values.kind, name)))
        for (const way of WAYS.filter((_, at) => isChosen(values.way, String(at + 1)))) {
          const beganMs = performance.now();
          const { failures, wrongLines } = await playRound(stage, kind, way).catch((error: Error) => ({
            failures: [error.message],
            wrongLines: stage.servers.console.slice(-30),
          }));
          const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
          const good = players - failures.length;
          isGood =
            tell(`${library} ${kind}, ${way.name}: ${good} of ${players}, ${seconds} s`, [
              ...failures,
              ...wrongLines,
            ]) && isGood;
        }
      isGood = (await stopped(stage, library)) && isGood;
    }
    return isGood;
  });
}

/** Menus that an AI ought not to make. */
async function menus(rathena: string): Promise<boolean> {
  return await onStage(rathena, 2, async (stage) => {
    let isGood = true;
    for (const library of chosenLibraries()) {
      await stage.start({ library, npcs: { 'leaving.txt': leavingNpcs(2) } });
      isGood = tell(`${library}: hostile menus`, await playMenus(stage)) && isGood;
      isGood = (await stopped(stage, library)) && isGood;
    }
    return isGood;
  });
}

/** The same bytes with both libraries, in each codepage. */
async function parity(rathena: string): Promise<boolean> {
  return await onStage(rathena, 0, async (stage) => {
    let isGood = true;
    for (const codepage of CODEPAGES.filter((name) => isChosen(values.codepage, name))) {
      const { lines, differences } = await playParity(stage, codepage);
      isGood = tell(`${codepage}: ${lines} lines, ${differences.length} differ`, differences) && isGood;
    }
    return isGood;
  });
}

/** 300 players who type in the same moment. */
async function burst(rathena: string): Promise<boolean> {
  let isGood = true;
  for (const library of chosenLibraries()) {
    const older = await olderBurst(library);
    isGood = (await burstOn(rathena, { library }, (stage) => bursts(stage, library, older))) && isGood;
  }
  return isGood;
}

/** To compare with: of that one, nothing is a fault. */
async function olderBurst(library: Library): Promise<BurstResult | undefined> {
  if (values.before === undefined) return undefined;
  const before = resolve(values.before);
  const libraryFolder = join(before, 'npc', 'custom', 'ai-world');
  let older: BurstResult | undefined;
  await burstOn(before, { library, libraryFolder }, async (stage) => {
    older = await playBurst(stage, 'F_AI_Say');
    return tell(`${library} F_AI_Say of ${before}:\n    ${wordsOf(older)}`, []);
  });
  return older;
}

async function bursts(stage: Stage, library: Library, older: BurstResult | undefined): Promise<boolean> {
  let isGood = true;
  for (const kind of ['no AI', 'F_AI_Chat', 'F_AI_Say'] as const) {
    const result = await playBurst(stage, kind);
    const ratio = older === undefined || kind === 'no AI' ? '' : `\n    ${ratioOf(result, older)}`;
    isGood = tell(`${library} ${kind}:\n    ${wordsOf(result)}${ratio}`, tooLong(result)) && isGood;
  }
  return isGood;
}

/** Whether the game goes on while the database does not. */
async function loop(rathena: string): Promise<boolean> {
  let isGood = true;
  for (const library of chosenLibraries()) {
    let older: LoopPhase[] | undefined;
    if (values.before !== undefined) {
      const before = resolve(values.before);
      const libraryFolder = join(before, 'npc', 'custom', 'ai-world');
      await loopOn(before, { library, libraryFolder }, (phases) => {
        older = phases;
        return tell(`${library} of ${before}:\n    ${phases.map(wordsOfLoop).join('\n    ')}`, []);
      });
    }
    const isFast = await loopOn(rathena, { library }, (phases) => {
      const ratios = older === undefined ? '' : `\n    ${ratiosOfLoop(phases, older)}`;
      // Over SQL the game waits as long as the database does.
      const wrong = library === 'commands' ? tooLongIn(phases) : [];
      return tell(`${library}:\n    ${phases.map(wordsOfLoop).join('\n    ')}${ratios}`, wrong);
    });
    isGood = isFast && isGood;
  }
  return isGood;
}

async function loopOn(
  rathena: string,
  start: Pick<Start, 'library' | 'libraryFolder'>,
  judge: (phases: LoopPhase[]) => boolean,
): Promise<boolean> {
  const play = async (stage: Stage) => {
    await stage.start({ ...start, npcs: { 'loop.txt': loopNpcs() }, aiSettings: LOOP_SETTINGS });
    const isGood = judge(await playLoop(stage));
    return (await stopped(stage, start.library)) && isGood;
  };
  return await onStage(rathena, 0, play, true);
}

async function burstOn(
  rathena: string,
  start: Pick<Start, 'library' | 'libraryFolder'>,
  play: (stage: Stage) => Promise<boolean>,
): Promise<boolean> {
  const players = Number(values.players);
  return await onStage(rathena, players, async (stage) => {
    await stage.start({ ...start, npcs: { 'burst.txt': burstNpcs(players) } });
    const isGood = await play(stage);
    return (await stopped(stage, start.library)) && isGood;
  });
}

/** As many players, who log in and nothing else; nothing of ours is loaded, no command of ours is called. */
async function logins(rathena: string): Promise<boolean> {
  return await onStage(rathena, Number(values.players), async (stage) => {
    for (const [how, stop] of [
      ['after all have left', () => stage.stop()],
      ['in the moment in which all leave', () => stage.stopAtOnce()],
    ] as const)
      for (let round = 1; round <= LOGIN_ROUNDS; round += 1) {
        await stage.start({ library: 'none', npcs: {} });
        const leaksNothing = await stop();
        tell(`rAthena alone, stopped ${how}: ${leaksNothing ? 'no memory leaks' : 'not in order'}`, []);
        if (!leaksNothing)
          for (const line of stage.servers.console.slice(-MOST_LAST_LINES)) print(`    ${line}`);
      }
    return true;
  });
}

async function onStage(
  rathena: string,
  players: number,
  play: (stage: Stage) => Promise<boolean>,
  isDurable = false,
): Promise<boolean> {
  const stage = await Stage.build({ rathena, players, isDurable });
  try {
    return await play(stage);
  } catch (error) {
    return tell(`ended by ${(error as Error).message}`, stage.servers.console.slice(-MOST_LINES_TOLD));
  } finally {
    await stage.remove();
  }
}

async function stopped(stage: Stage, library: Library): Promise<boolean> {
  const leaksNothing = await stage.stop();
  const lastLines = stage.servers.console.slice(1 - MOST_LINES_TOLD);
  return tell(
    `${library}: stopped`,
    leaksNothing ? [] : ['the map server did not say "No memory leaks found":', ...lastLines],
  );
}

/** Prints what was played and what went wrong; whether nothing did. */
function tell(what: string, wrong: readonly string[]): boolean {
  print(`  ${what}`);
  for (const line of wrong.slice(0, MOST_LINES_TOLD)) print(`    ${line}`);
  if (wrong.length > MOST_LINES_TOLD) print(`    … and ${wrong.length - MOST_LINES_TOLD} more`);
  return wrong.length === 0;
}

/** What was started ends with this process; where that is killed, the kernel ends it. Who started us may be killed, too. */
function endWithoutLeavingAnybody(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => process.exit(128 + constants.signals[name]));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, LOOK_FOR_PARENT_MS).unref();
}

function chosenLibraries(): Library[] {
  return LIBRARIES.filter((name) => isChosen(values.library, name));
}

function isChosen(chosen: readonly string[] | undefined, name: string): boolean {
  return chosen === undefined || chosen.includes(name);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
