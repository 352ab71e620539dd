import type { Finding, Verdict } from '../../../src/doctor/finding.ts';
import { mariadbEnv, mariadbOption, runCli } from '../../support/cli-process.ts';
import type { DatabaseSettings, TestDatabase } from '../../support/test-database.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface Diagnosis {
  readonly exitCode: number | string | null;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** `ai-ipc doctor --json`, with whatever else it is told. */
export async function runDoctor(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Diagnosis> {
  const { exitCode, stdout, stderr } = await runCli(['doctor', '--json', ...words], { env });
  if (!stdout.startsWith('{')) throw new Error(`The doctor gave no findings: ${stdout}${stderr}`);
  const { verdict, findings } = JSON.parse(stdout) as Omit<Diagnosis, 'exitCode'>;
  return { exitCode, verdict, findings };
}

/** The same on a database, as this user. */
export async function diagnose(
  { settings }: { readonly settings: DatabaseSettings },
  env: Readonly<Record<string, string>> = {},
): Promise<Diagnosis> {
  const database = { settings } as TestDatabase;
  return await runDoctor(mariadbOption(database), { ...mariadbEnv(database), ...env });
}

/** What is wrong, without the parts that are well or cannot be seen. */
export function faultsOf({ findings }: Diagnosis): Finding[] {
  return findings.filter(({ verdict }) => verdict === 'warning' || verdict === 'broken');
}

/** Asks until the diagnosis passes the check: on a busy machine a look may take longer than the doctor gives it. */
export async function diagnosed<Told>(
  ask: () => Promise<Told>,
  check: (told: Told) => void,
  what = 'such a diagnosis',
): Promise<Told> {
  return await waitFor(
    async () => {
      const told = await ask();
      check(told);
      return { told };
    },
    { what },
  ).then(({ told }) => told);
}

/** Asks until a fault of this part is found. */
export async function findFault(part: string, ask: () => Promise<Diagnosis>): Promise<Finding> {
  const ofPart = (diagnosis: Diagnosis) => faultsOf(diagnosis).find((one) => one.part === part);
  const isThere = (diagnosis: Diagnosis) => {
    if (ofPart(diagnosis) === undefined) throw new Error(`there is ${JSON.stringify(faultsOf(diagnosis))}`);
  };
  return ofPart(await diagnosed(ask, isThere, `a fault of ${part}`)) as Finding;
}
