import { installNode, NODE_24 } from '../../test/support/node-versions.js';
import { installNpmPackages } from './npm-packages.ts';
import type { ClientTask, Peer, PeerFigures, PeerLoad, PeerStart, RunningPeer } from './peer.ts';
import { startPeerProgram } from './peer-program.ts';

/** The fewest of a drain whose rate means anything. */
const FEWEST = 100;

/** What has to be fetched for it, once. */
export async function prepare(peer: Peer): Promise<Omit<PeerStart, 'stubUrl'>> {
  return {
    packages: peer.packages ?? (peer.npm.length === 0 ? '' : await installNpmPackages(peer.npm)),
    node: isNodeNewEnough(peer.oldestNode) ? process.execPath : await installNode(NODE_24),
  };
}

function isNodeNewEnough(oldest: Peer['oldestNode'], version = process.versions.node): boolean {
  if (oldest === undefined) return true;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** One round: its servers and programs are started, and ended. */
export async function measurePeer(peer: Peer, how: PeerStart, load: PeerLoad): Promise<PeerFigures> {
  const running = await peer.start(how);
  try {
    const { drainPart = 1 } = peer;
    const part = (count: number) => Math.max(FEWEST, Math.round(count * drainPart));
    const own = { ...load, warmUp: part(load.warmUp), requests: part(load.requests) };
    return await runClient(running, how, own);
  } catch (error) {
    throw new Error(`${peer.name}: ${error}\nIts worker printed:\n${running.worker.output}`, {
      cause: error,
    });
  } finally {
    await running.stop();
  }
}

async function runClient(running: RunningPeer, how: PeerStart, load: PeerLoad): Promise<PeerFigures> {
  const { worker, database, databasePid, client } = running;
  const { node, stubUrl, packages } = how;
  const task: ClientTask = { stubUrl, packages, database, workerPid: worker.pid, databasePid, load };
  const program = startPeerProgram(node, client, task);
  const workerEnded = worker.ended.then(() => 'its worker ended' as const);
  const result = await Promise.race([program.ended, workerEnded]);
  if (typeof result === 'string') {
    await program.kill();
    throw new Error(result);
  }
  if (result.exitCode !== 0)
    throw new Error(`its client ended with ${result.exitCode}:\n${result.stdout}${result.stderr}`);
  return JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as PeerFigures;
}
