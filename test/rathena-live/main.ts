import { parseArgs } from 'node:util';
import { KINDS, leavingNpcs, playRound } from './leaving.ts';
import type { Library } from './run-folder.ts';
import { missingPrograms } from './run-folder.ts';
import { Stage } from './stage.ts';
import { WAYS } from './ways.ts';

const PLAYERS = 50;
const LIBRARIES: readonly Library[] = ['commands', 'sql'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    library: { type: 'string', multiple: true },
    kind: { type: 'string', multiple: true },
    way: { type: 'string', multiple: true },
    players: { type: 'string' },
  },
});
const [rathena] = positionals;
if (rathena === undefined) {
  process.stdout.write(
    'left out: the plays on a real map server need the folder of a built rAthena (docs/rathena.md)\n',
  );
} else if (missingPrograms(rathena).length > 0) {
  process.stderr.write(`ERROR ${rathena} has no ${missingPrograms(rathena).join(', ')}: build it first\n`);
  process.exitCode = 2;
} else {
  process.exitCode = (await leaving(rathena)) ? 0 : 1;
}

async function leaving(folder: string): Promise<boolean> {
  const players = Number(values.players ?? PLAYERS);
  const stage = await Stage.build({ rathena: folder, players });
  let isGood = true;
  try {
    for (const library of LIBRARIES.filter((name) => isChosen(values.library, name))) {
      await stage.start({ library, npcs: { 'leaving.txt': leavingNpcs(players) } });
      for (const kind of KINDS.filter((name) => isChosen(values.kind, name)))
        for (const [at, way] of WAYS.entries()) {
          if (!isChosen(values.way, String(at + 1))) continue;
          const beganMs = performance.now();
          const { failures, wrongLines } = await playRound(stage, kind, way);
          const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
          print(
            `${library} ${kind}: ${way.name}: ${players - failures.length} of ${players} good, ${seconds} s`,
          );
          for (const line of [...failures, ...wrongLines].slice(0, 5)) print(`    ${line}`);
          isGood &&= failures.length + wrongLines.length === 0;
        }
      const leaksNothing = await stage.stop();
      print(
        `${library}: ${leaksNothing ? 'No memory leaks found' : 'the map server did not say that it leaked nothing'}`,
      );
      isGood &&= leaksNothing;
    }
  } finally {
    await stage.remove();
  }
  return isGood;
}

function isChosen(chosen: readonly string[] | undefined, name: string): boolean {
  return chosen === undefined || chosen.includes(name);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
