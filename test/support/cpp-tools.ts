import { execFileSync } from 'node:child_process';
import { findProgram, installWithApt } from './apt.ts';

const APT_PACKAGES = ['g++', 'libmariadb-dev'];

export interface CppTools {
  readonly compiler: string;
  /** What the compiler is given to find the headers of MariaDB's client library. */
  readonly includeFlags: readonly string[];
  /** What the linker is given to find the library. */
  readonly linkFlags: readonly string[];
}

/** Finds g++ and MariaDB's client library; as root on Debian or Ubuntu it installs them where they are missing. */
export function findCppTools(): CppTools {
  const tools = lookUp();
  if (tools) return tools;
  installWithApt(
    APT_PACKAGES,
    'The tests build the script commands; g++ or mariadb_config of libmariadb-dev was not found.',
  );
  const installed = lookUp();
  if (!installed)
    throw new Error(`apt-get ended well, but g++ or mariadb_config is still missing: ${APT_PACKAGES}`);
  return installed;
}

function lookUp(): CppTools | undefined {
  const compiler = findProgram('g++');
  const config = findProgram('mariadb_config');
  if (!compiler || !config) return undefined;
  return { compiler, includeFlags: flagsOf(config, '--include'), linkFlags: flagsOf(config, '--libs') };
}

function flagsOf(config: string, question: string): string[] {
  return execFileSync(config, [question], { encoding: 'utf8' }).trim().split(/\s+/);
}
