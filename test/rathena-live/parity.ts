import { readFileSync } from 'node:fs';
import { PARITY_ANSWERS, PARITY_PATHS } from '../support/parity-answers.ts';
import * as packets from './packets.ts';
import { pressThrough } from './player.ts';
import type { Library } from './run-folder.ts';
import type { Stage } from './stage.ts';

/** An answer is text in the database: bytes that are none cannot be stored. */
export const CODEPAGES = ['utf8mb4', 'latin1', 'euckr', 'cp932', 'gbk', 'big5'] as const;
export type Codepage = (typeof CODEPAGES)[number];

/** `getarraysize` stops at the last that is not empty; "" is asked for by itself. */
const PATHS = PARITY_PATHS.filter((path) => path !== '');

function parityNpcs(): string {
  const script = readFileSync(new URL('npc/parity.txt', import.meta.url), 'latin1');
  return script.replace('"PATHS"', PATHS.map((path) => `"${path}"`).join(', '));
}

export interface ParityResult {
  /** How many were compared. */
  readonly lines: number;
  readonly differences: readonly string[];
}

/** What is shown of each answer, with both libraries. */
export async function playParity(stage: Stage, codepage: Codepage): Promise<ParityResult> {
  await stage.world.clearRequests();
  const ids = await stage.world.storeAnswers(PARITY_ANSWERS);
  const commands = await shownBy(stage, 'commands', codepage, ids);
  const sql = await shownBy(stage, 'sql', codepage, ids);
  const differences = commands.flatMap((lines, answer) =>
    lines.flatMap((line, at) => {
      const other = sql[answer]?.[at];
      if (other !== undefined && line.equals(other)) return [];
      return [
        `${JSON.stringify(PARITY_ANSWERS[answer])}: ${shown(line)} with the commands, ${shown(other)} over SQL`,
      ];
    }),
  );
  return { lines: commands.flat().length, differences };
}

async function shownBy(
  stage: Stage,
  library: Library,
  codepage: Codepage,
  ids: readonly number[],
): Promise<Buffer[][]> {
  await stage.start({ library, codepage, npcs: { 'parity.txt': parityNpcs() } });
  const { gm } = stage;
  const lines: Buffer[][] = [];
  for (const id of ids) {
    gm.window.forget();
    gm.send(packets.whisper('npc:Control', String(id)));
    await gm.until(() => gm.window.button === 'close', `what is shown of answer ${id}`);
    lines.push([...gm.window.lines]);
    await pressThrough(gm);
  }
  await stage.stop();
  return lines;
}

function shown(line: Buffer | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line.toString('latin1'));
}
