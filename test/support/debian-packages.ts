import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './apt.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEBIAN = 'http://deb.debian.org/debian';
const SECURITY = 'http://deb.debian.org/debian-security';

/** Where the packages of each suite are, the security updates with them. */
const SOURCES = {
  bullseye: [`${DEBIAN} bullseye main`, `${SECURITY} bullseye-security main`],
  trixie: [`${DEBIAN} trixie main`, `${SECURITY} trixie-security main`],
  sid: [`${DEBIAN} sid main`],
} as const;

export type Suite = keyof typeof SOURCES;

/** Of one program: the lists take 3 s here, 60 MB of packages 7 s, and to unpack the largest 3 s. */
const TIMEOUT_MS = 300_000;
/** Of one connection that says nothing. */
const SILENCE_SECONDS = 30;

export interface PackageRequest {
  readonly suite: Suite;
  readonly packages: readonly string[];
  /** An empty folder: becomes what `/` would be with these packages and all that they depend on, down to libc6. */
  readonly root: string;
  /** Where apt keeps its lists and downloads meanwhile. */
  readonly aptFolder: string;
}

/**
 * Unpacks packages of another suite of Debian, and installs nothing: apt has lists, settings and a (bare) state of its
 * own, and reads of this machine's only how it reaches the network. Needs no root.
 */
export async function unpackPackages({ suite, packages, root, aptFolder }: PackageRequest): Promise<void> {
  const [aptGet, dpkg] = [needProgram('apt-get'), needProgram('dpkg')];
  if (!existsSync(KEYRING)) {
    throw new Error(
      `${KEYRING} is not there to prove what comes. Install it: sudo apt-get install debian-archive-keyring`,
    );
  }
  const settings = writeAptFolder(aptFolder, suite);
  await run(aptGet, ['-q', '-c', settings, 'update']);
  await run(aptGet, ['-q', '-c', settings, '-y', '--download-only', 'install', ...packages]);
  const archives = join(aptFolder, 'archives');
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    await run(dpkg, ['--extract', join(archives, file), root]);
  }
}

function needProgram(name: string): string {
  const program = findProgram(name);
  if (!program) throw new Error(`${name} was not found; only Debian and what comes from it have it.`);
  return program;
}

/** The settings are read after the machine's own, so that they win. An empty status: nothing is installed. */
function writeAptFolder(folder: string, suite: Suite): string {
  for (const name of ['lists/partial', 'archives/partial'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  const sources = SOURCES[suite].map((source) => `deb [signed-by=${KEYRING}] ${source}\n`);
  writeFileSync(join(folder, 'sources.list'), sources.join(''));
  const settings = join(folder, 'apt.conf');
  writeFileSync(settings, aptSettings(folder));
  return settings;
}

function aptSettings(folder: string): string {
  return `
    Dir::State "${folder}";
    Dir::State::status "${folder}/status";
    Dir::Cache "${folder}";
    Dir::Cache::archives "archives/";
    Dir::Log "${folder}";
    Dir::Etc::sourcelist "${folder}/sources.list";
    Dir::Etc::sourceparts "/dev/null";
    Dir::Etc::preferences "/dev/null";
    Dir::Etc::preferencesparts "/dev/null";
    Dir::Etc::trusted "/dev/null";
    Dir::Etc::trustedparts "/dev/null";
    APT::Default-Release "";
    APT::Install-Recommends "false";
    APT::Sandbox::User "root"; // The folder is ours alone: _apt could not write into it.
    Acquire::Languages "none";
    Acquire::Retries "2";
    Acquire::http::Timeout "${SILENCE_SECONDS}";
    // What the machine does after an update of its own lists.
    #clear APT::Update::Pre-Invoke;
    #clear APT::Update::Post-Invoke;
    #clear APT::Update::Post-Invoke-Success;
  `;
}

/** Rejects with what the program itself gives as the reason. */
async function run(program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, [...args], {
      timeout: TIMEOUT_MS,
      env: { ...process.env, LC_ALL: 'C' },
    });
  } catch (error) {
    const { stderr = '', killed, message } = error as Error & { stderr?: string; killed?: boolean };
    const reasons = stderr.split('\n').filter((line) => /^(?:E:|dpkg.*error)/.test(line));
    const reason = killed
      ? `took longer than ${TIMEOUT_MS / 1000} s`
      : reasons.join(' ') || stderr.trim() || message;
    throw new Error(`${[program, ...args].join(' ')}: ${reason}`, { cause: error });
  }
}
