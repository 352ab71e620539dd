import { backlog } from './backlog.ts';
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
import { manyWorkers } from './many-workers.ts';
import { mapServers } from './map-servers.ts';
import { moving } from './moving.ts';
import { operators } from './operator.ts';
import { paced } from './paced.ts';
import { peers, report } from './peers.ts';
import { promises } from './promises.ts';
import { prompts } from './prompts.ts';
import { purgeBlocked } from './purge-blocked.ts';
import { recalls } from './recall.ts';
import { retention } from './retention.ts';
import { SizeError } from './scenario/sizes.ts';
import { servers } from './servers.ts';
import { slowAi } from './slow-ai.ts';
import { soak } from './soak.ts';
import { tls } from './tls.ts';
import { tuning } from './tuning.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  backlog,
  burst,
  dashboard,
  dialogues,
  doorbell,
  drain,
  export: exporting,
  fuzz,
  galera,
  'galera-hosts': galeraHosts,
  idle,
  'many-workers': manyWorkers,
  'map-servers': mapServers,
  move: moving,
  operator: operators,
  paced,
  peers,
  promises,
  prompts,
  'purge-blocked': purgeBlocked,
  recall: recalls,
  report,
  retention,
  servers,
  'slow-ai': slowAi,
  soak,
  tls,
  tuning,
};

const name = process.argv[2] ?? '';
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (benchmark) {
  await benchmark().catch((error: unknown) => {
    if (!(error instanceof SizeError)) throw error;
    process.stderr.write(`ERROR ${error.message}\n`);
    process.exitCode = 2;
  });
} else {
  process.stderr.write(
    `ERROR no benchmark "${name}". There are: ${Object.keys(BENCHMARKS).join(', ')}\n` +
      'What the commands cost the game loop: npm run test:rathena -- FOLDER --part loop\n',
  );
  process.exitCode = 2;
}
