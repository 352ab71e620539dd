import { dashboard } from './dashboard.ts';
import { dialogues } from './dialogues.ts';
import { doorbell } from './doorbell.ts';
import { drain } from './drain.ts';
import { exporting } from './export.ts';
import { fuzz } from './fuzz.ts';
import { galera } from './galera.ts';
import { galeraHosts } from './galera-hosts.ts';
import { mapServers } from './map-servers.ts';
import { moving } from './moving.ts';
import { operators } from './operator.ts';
import { paced } from './paced.ts';
import { peers, report } from './peers.ts';
import { promises } from './promises.ts';
import { prompts } from './prompts.ts';
import { recalls } from './recall.ts';
import { retention } from './retention.ts';
import { servers } from './servers.ts';
import { tls } from './tls.ts';
import { tuning } from './tuning.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  dashboard,
  dialogues,
  doorbell,
  drain,
  export: exporting,
  fuzz,
  galera,
  'galera-hosts': galeraHosts,
  'map-servers': mapServers,
  move: moving,
  operator: operators,
  paced,
  peers,
  promises,
  prompts,
  recall: recalls,
  report,
  retention,
  servers,
  tls,
  tuning,
};

const name = process.argv[2] ?? '';
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (benchmark) {
  await benchmark();
} else {
  process.stderr.write(`ERROR no benchmark "${name}". There are: ${Object.keys(BENCHMARKS).join(', ')}\n`);
  process.exitCode = 2;
}
