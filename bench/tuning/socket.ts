import type { AiStubProcess } from '../../test/support/ai-stub-process.ts';
import type { MariadbAddress } from '../../test/support/mariadb-server.ts';
import { type AskFigures, measureAsks, OURS, paceOf } from '../scenario/asks.ts';
import { type Row, ratioCell } from './table.ts';

const PACES = [5, 200].map(paceOf);

/** What an `ask` takes where worker and client come through the server's socket, to that by TCP in the same round. */
export async function measureSocket(
  server: MariadbAddress,
  stub: AiStubProcess,
  rounds: number,
): Promise<Row[]> {
  const ratios = PACES.map((): number[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    const [byTcp, bySocket] = [
      await measureAsks({ folder: OURS, by: 'TCP' }, server, { stub, paces: PACES }),
      await measureAsks({ folder: OURS, by: 'socket' }, server, { stub, paces: PACES }),
    ];
    for (const [at, all] of ratios.entries()) all.push(p50Of(bySocket[at]) / p50Of(byTcp[at]));
    process.stdout.write(`round ${round}: ${ratios.map((all) => all.at(-1)?.toFixed(2)).join(', ')}\n`);
  }
  return ratios.map((all, at) => ({
    setting: '`DB_HOST=/run/mysqld/mysqld.sock`, and `socketPath` of the client',
    measured: `p50 of an \`ask\` at ${PACES[at]?.perSecond} a second, to that by 127.0.0.1`,
    effect: ratioCell(all),
  }));
}

function p50Of(figures: AskFigures | undefined): number {
  return figures?.p50 ?? Number.NaN;
}
