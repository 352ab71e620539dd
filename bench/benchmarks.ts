import { backlog, readBacklog } from './backlog.ts';
import { burst } from './burst.ts';
import { dashboard } from './dashboard.ts';
import { dialogues } from './dialogues.ts';
import { doorbell } from './doorbell.ts';
import { drain } from './drain.ts';
import { exporting } from './export.ts';
import { fuzz } from './fuzz.ts';
import { galera } from './galera.ts';
import { galeraHosts } from './galera-hosts.ts';
import { idle } from './idle.ts';
import { manyWorkers, readManyWorkers } from './many-workers.ts';
import { mapServers } from './map-servers.ts';
import { moving } from './moving.ts';
import { operators } from './operator.ts';
import { paced, readPaced } from './paced.ts';
import { PEERS_TAKE, peers, readPeers, readReport, report } from './peers.ts';
import { promises, readPromises } from './promises.ts';
import { prompts } from './prompts.ts';
import { purgeBlocked } from './purge-blocked.ts';
import { recalls } from './recall.ts';
import { retention } from './retention.ts';
import { type Benchmark, taking, takingNothing } from './scenario/benchmark.ts';
import { takingSizes } from './scenario/sizes.ts';
import { servers } from './servers.ts';
import { slowAi } from './slow-ai.ts';
import { soak } from './soak.ts';
import { tls } from './tls.ts';
import { readTables, tuning } from './tuning.ts';

/** Of fewer, an export has ended before it can be killed in its middle. */
const FEWEST_MOVED = 30_000;
/** One for each player; of much fewer, nobody has said what is asked for. */
const FEWEST_LINES = 1_000;
/** Of two connections each, beside those of the workers: the server has 1,000. */
const MOST_MAP_SERVERS = 400;

/** What `npm run bench -- NAME` runs, and the words that it takes. */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  backlog: taking('[ENDED [PENDING…]]', readBacklog, backlog),
  burst: takingSizes({ requests: 1_000, times: 10, aiMs: 0 }, burst),
  dashboard: takingSizes({ rows: { usual: 10_000_000, least: 0 } }, dashboard),
  dialogues: takingNothing(dialogues),
  doorbell: takingNothing(doorbell),
  drain: takingNothing(drain),
  export: takingNothing(exporting),
  fuzz: takingSizes(
    { seed: { usual: Date.now() % 2 ** 32, least: 0, most: 2 ** 32 - 1 }, cases: 1_000_000 },
    fuzz,
  ),
  galera: takingNothing(galera),
  'galera-hosts': takingNothing(galeraHosts),
  idle: takingSizes({ seconds: 30 }, idle),
  'many-workers': taking('[REQUESTS [WORKERS…]]', readManyWorkers, manyWorkers),
  'map-servers': takingSizes({ mapServers: { usual: 50, most: MOST_MAP_SERVERS }, workers: 8 }, mapServers),
  move: takingSizes({ rows: { usual: 1_000_000, least: FEWEST_MOVED } }, moving),
  operator: takingSizes({ requests: 10_000_000 }, operators),
  paced: taking('[PER_SECOND…] [--socket] [FOLDER…]', readPaced, paced),
  peers: taking(PEERS_TAKE, readPeers, peers),
  promises: taking('[PART_OF_A_NAME]', readPromises, promises),
  prompts: takingNothing(prompts),
  'purge-blocked': takingSizes({ requests: 180_000 }, purgeBlocked),
  recall: takingSizes({ lines: { usual: 100_000, least: FEWEST_LINES } }, recalls),
  report: taking(`${PEERS_TAKE} [--file FILE]`, readReport, report),
  retention: takingSizes({ ended: 1_000_000, perSecond: 500 }, retention),
  servers: takingNothing(servers),
  'slow-ai': takingSizes({ perSecond: 2_000, seconds: 60 }, slowAi),
  soak: takingSizes({ requests: 1_000_000 }, soak),
  tls: takingNothing(tls),
  tuning: taking('[speed|waits|socket]…', readTables, tuning),
};
