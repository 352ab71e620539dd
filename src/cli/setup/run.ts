import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { AiIpcError } from '../../base/errors.ts';
import type { Finding } from '../../doctor/finding.ts';
import { worstOf } from '../../doctor/finding.ts';
import { wholeNumberFrom } from '../base/client-command.ts';
import { isTerminal, print } from '../base/terminal.ts';
import { doctorLines, EXIT_CODES } from '../findings/doctor-lines.ts';
import { findAll } from '../findings/find-all.ts';
import { type Answers, answersFrom, type Given, planSettings, type SettingsPlan } from './answers.ts';
import { checkMachine } from './checks.ts';
import { changedNames } from './env-text.ts';
import { isPlainFile, textOf } from './files.ts';
import { type Machine, machineFor, SERVICE, WORKER } from './machine.ts';
import type { SetupOptions } from './options.ts';
import { PACKAGE_FOLDER, type Place, placeAt } from './place.ts';
import { askAll, askForYes, askToBegin } from './questions.ts';
import { secretOf } from './secret.ts';
import { envLinkOf } from './settings-step.ts';
import { printSteps, runSteps } from './step.ts';
import { unitPath } from './units-step.ts';

/** Until worker and service are seen at work: each takes a second or two, on a busy machine ten. */
const UP_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** Gives the exit code. Throws AiIpcError for what is in the way. */
export async function runSetup(options: SetupOptions): Promise<number> {
  const place = placeAt(options.prefix);
  checkMachine(place);
  const canAsk = isTerminal() && !options.yes && !options.print;
  if (!canAsk && !options.yes && !options.print) throw nobodyToAsk();
  const plan = await planFrom(options, place, canAsk);
  const machine = machineFor(plan, { options, place, canAsk });
  await machine.check();
  const { steps } = machine;
  if (options.print) {
    const count = await printSteps(steps);
    print('', count === 0 ? 'Nothing is to be done.' : 'Nothing was changed. Without --print it is done.');
    return 0;
  }
  if (canAsk) await askToBegin(steps.map(({ name }) => name));
  const count = await runSteps(steps);
  print('', count === 0 ? 'Nothing had to be changed.' : 'All steps are done.');
  return options.start ? await lookWithDoctor(machine) : 0;
}

/** From flags, the settings file and, where somebody is there, his answers. */
async function planFrom(
  options: SetupOptions,
  place: Place,
  canAsk: boolean,
): Promise<SettingsPlan & Answers> {
  const before = textOf(place.settingsFile) ?? textOf(envLinkOf(place));
  const example = readFileSync(join(PACKAGE_FOLDER, '.env.example'), 'utf8');
  const planOf = (answers: Answers) => planSettings(answers, { before, example, place });
  const hadService = isPlainFile(unitPath(place, WORKER)) ? isPlainFile(unitPath(place, SERVICE)) : undefined;
  const start = answersFrom(givenIn(options), { fileText: before, hadService });
  const answers = canAsk ? await askAll(start, planOf) : start;
  const plan = planOf(answers);
  if (canAsk) await askAboutOthers(plan, place);
  return { ...plan, ...answers };
}

function givenIn({ dbHost, dbPort, dbName, dbUser, aiService, servicePort }: SetupOptions): Given {
  const dbPassword = secretOf('DB_PASSWORD');
  if (servicePort !== undefined) wholeNumberFrom('--service-port', servicePort);
  const given = { dbHost, dbPort, dbName, dbUser, dbPassword, servicePort, aiServiceUrl: aiService };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** What somebody has written is changed only with a yes; `--yes` is one. */
async function askAboutOthers({ changed, after }: SettingsPlan, place: Place): Promise<void> {
  const link = envLinkOf(place);
  const aside =
    isPlainFile(place.settingsFile) && isPlainFile(link) ? changedNames(textOf(link) ?? '', after) : [];
  const questions = [
    ...(changed.length === 0
      ? []
      : [
          `The settings that are there have another ${changed.join(', ')}. Change them? (The file is kept as …before-setup.)`,
        ]),
    ...(aside.length === 0
      ? []
      : [
          `${link} has another ${aside.join(', ')} than ${place.settingsFile}, which the services read. Put it aside as ${basename(link)}.before-setup?`,
        ]),
  ];
  for (const question of questions)
    if (!(await askForYes(question))) throw new AiIpcError('aborted', 'Stopped by you. Nothing was changed.');
}

/** Looks until what was started is seen at work, and says what is found. */
async function lookWithDoctor({ place }: Machine): Promise<number> {
  const endMs = performance.now() + UP_LIMIT_MS;
  let findings: Finding[];
  for (;;) {
    findings = await findAll({ env: {}, cwd: place.folder });
    if (worstOf(findings) !== 'broken' || performance.now() > endMs) break;
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  print('', 'ai-ipc doctor:', ...doctorLines(findings));
  return EXIT_CODES[worstOf(findings)];
}

function nobodyToAsk(): AiIpcError {
  return new AiIpcError(
    'bad_argument',
    'Nobody is at a terminal to be asked. `ai-ipc setup --print` shows what would be done, and --yes does it.',
  );
}
