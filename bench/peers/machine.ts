import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { findMachinePrograms } from '../../test/support/server-programs.ts';
import type { Machine } from './benchmarks-page.ts';
import { POSTGRES, PYTHON, PYTHON_MODULES, postgresProgram, REDIS } from './debian-needs.ts';
import type { Peer } from './peer.ts';

/** The servers and packages of these peers, beside our own. */
export function describeMachine(peers: readonly Peer[]): Machine {
  const all = cpus();
  const isThere = new Set(peers.flatMap((peer) => peer.needs).filter((need) => need.isThere()));
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGib: totalmem() / 2 ** 30,
    // The version alone: what stands behind it is the name of somebody's build.
    system: `${type()} ${release().replace(/[^\d.].*/, '')}`,
    versions: [
      `Node ${process.version}`,
      saysOf(findMachinePrograms().server, '--version'),
      ...(isThere.has(REDIS) ? [saysOf('redis-server', '--version')] : []),
      ...(isThere.has(POSTGRES) ? [saysOf(postgresProgram('postgres') ?? 'postgres', '--version')] : []),
      ...(isThere.has(PYTHON_MODULES) ? [saysOf(PYTHON, '--version'), saysOf(PYTHON, '-c', MODULES)] : []),
      ...new Set(peers.flatMap((peer) => peer.npm)),
      ...peers.flatMap(({ name, packages }) =>
        packages === undefined ? [] : [`${name}: ${revisionOf(packages)}`],
      ),
    ],
  };
}

const MODULES =
  'import aiomysql, aiohttp; print("aiomysql", aiomysql.__version__, "aiohttp", aiohttp.__version__)';

/** The commit of a checkout; half an hour of figures is not lost where it is none. */
function revisionOf(folder: string): string {
  const args = ['-C', folder, 'rev-parse', '--short', 'HEAD'];
  const { stdout, status } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'no checkout of git, so of no known commit';
}

/** The first line, without the folder that a program names itself by. */
function saysOf(program: string, ...args: readonly string[]): string {
  const { stdout, status } = spawnSync(program, [...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}.`);
  return (stdout.split('\n')[0] ?? '').trim().replace(/^\/\S*\//, '');
}
