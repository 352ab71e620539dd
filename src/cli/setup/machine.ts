import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MariadbSettings } from '../../config/load.ts';
import { grantsIn } from '../../store/grants.ts';
import { accountStep } from './account-step.ts';
import { adminSettings } from './admin.ts';
import { type Answers, type SettingsPlan, servicePortOf } from './answers.ts';
import { checkPort } from './checks.ts';
import { commandStep } from './command-step.ts';
import type { Launcher } from './launcher.ts';
import type { SetupOptions } from './options.ts';
import { PACKAGE_FOLDER, type Place } from './place.ts';
import { processes } from './processes.ts';
import { askAdminPassword, askForYes } from './questions.ts';
import { secretOf } from './secret.ts';
import { settingsStep } from './settings-step.ts';
import { startStep } from './start-step.ts';
import type { Step } from './step.ts';
import { isSystemdHere, systemd } from './systemd.ts';
import { tablesStep } from './tables-step.ts';
import { unitText } from './unit-text.ts';
import { type Unit, unitsStep } from './units-step.ts';
import { findUser, userStep } from './user-step.ts';

/** The units of deploy/, by their names. */
export const WORKER = { name: 'ai-ipc-worker' };
export const SERVICE = { name: 'ai-ipc-service' };
/** Where systemd's units look for Node. */
const UNIT_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** This machine as setup shall leave it. */
export interface Machine {
  readonly place: Place;
  readonly steps: readonly Step[];
  /** What is found before anything is changed. Throws AiIpcError. */
  check(): Promise<void>;
}

interface Around {
  readonly options: SetupOptions;
  readonly place: Place;
  readonly canAsk: boolean;
}

export function machineFor(plan: SettingsPlan & Answers, around: Around): Machine {
  const { options, place, canAsk } = around;
  const { user } = options;
  const launcher = isSystemdHere() && !place.isPrefixed ? systemd : processes(place, user);
  const units = unitsFor(plan, around);
  const { database } = plan;
  const grants = grantsIn(readFileSync(join(PACKAGE_FOLDER, 'deploy/grants.sql'), 'utf8'), database.database);
  return {
    place,
    steps: [
      commandStep(place),
      settingsStep(place, plan),
      accountStep({ database, grants, askAdmin: adminFor(database, options, canAsk) }),
      tablesStep(
        database,
        async (rows) => options.yes === true || (canAsk && (await askForYes(`Copy ${rows} rows now?`))),
      ),
      userStep(user),
      unitsStep(place, units),
      ...(options.start ? [startStep(place, units, launcher)] : []),
    ],
    check: () => checkServicePort(plan, options, { units, launcher }),
  };
}

/** As often as it is asked: the second time with a password, where somebody can give it. */
function adminFor(database: MariadbSettings, { dbAdmin: option }: SetupOptions, canAsk: boolean) {
  const password = secretOf('DB_ADMIN_PASSWORD');
  return {
    settings: () => adminSettings(database, { option, password }),
    again: async (user: string) =>
      canAsk ? adminSettings(database, { option, password: await askAdminPassword(user) }) : undefined,
  };
}

function unitsFor(plan: Answers, { options: { user }, place }: Around): Unit[] {
  const needs = {
    ...{
      folder: PACKAGE_FOLDER,
      settingsFolder: place.settingsFolder,
      settingsFile: place.settingsFile,
      user,
    },
    group: findUser(user)?.group ?? user,
    servicePort: servicePortOf(plan),
    node: UNIT_PATH.includes(dirname(process.execPath)) ? undefined : process.execPath,
  };
  return [WORKER, ...(plan.hasOwnService ? [SERVICE] : [])].map(({ name }) => ({
    name,
    text: unitText(readFileSync(join(PACKAGE_FOLDER, `deploy/${name}.service`), 'utf8'), needs),
  }));
}

/** One of ours that runs already listens there rightly. */
async function checkServicePort(
  plan: Answers,
  { start }: SetupOptions,
  { units, launcher }: { readonly units: readonly Unit[]; readonly launcher: Launcher },
): Promise<void> {
  const service = units.find(({ name }) => name === SERVICE.name);
  if (!start || service === undefined || launcher.pidOf(service) !== undefined) return;
  await checkPort(servicePortOf(plan));
}
