import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, installWithApt } from '../../test/support/apt.ts';
import type { DebianNeed } from './peer.ts';

/** Debian's Python, which has Debian's modules; another one may come first in the PATH. */
export const PYTHON = '/usr/bin/python3';
const POSTGRES_FOLDER = '/usr/lib/postgresql';
/** Debian's tools ask it whether they may start the service that they install; 101 is no. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

export const REDIS: DebianNeed = {
  what: 'redis-server',
  packages: ['redis-server'],
  service: 'redis-server',
  isThere: () => findProgram('redis-server') !== undefined,
};

export const POSTGRES: DebianNeed = {
  what: 'PostgreSQL (initdb and postgres)',
  packages: ['postgresql'],
  service: 'postgresql',
  isThere: () => postgresProgram('initdb') !== undefined && postgresProgram('postgres') !== undefined,
};

export const PYTHON_MODULES: DebianNeed = {
  what: "Debian's Python with aiomysql and aiohttp",
  packages: ['python3-aiomysql', 'python3-aiohttp'],
  isThere: () => spawnSync(PYTHON, ['-c', 'import aiomysql, aiohttp']).status === 0,
};

/** Of the newest version that is installed: Debian has each in a folder of its own, which is in no PATH. */
export function postgresProgram(name: string): string | undefined {
  const versions = existsSync(POSTGRES_FOLDER) ? readdirSync(POSTGRES_FOLDER) : [];
  const programs = versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(POSTGRES_FOLDER, version, 'bin', name));
  return programs.find((program) => existsSync(program)) ?? findProgram(name);
}

/** Installs what is missing, as root, and starts none of the services that come with it. */
export function installNeeds(needs: readonly DebianNeed[]): void {
  const missing = [...new Set(needs)].filter((need) => !need.isThere());
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => need.packages);
  withoutServices(() => installWithApt(packages, 'Something that peers need is missing.'));
  const services = missing.flatMap(({ service }) => service ?? []);
  if (services.length === 0) return;
  process.stderr.write(
    `No service was started. So that none is at the next boot: systemctl disable ${services.join(' ')}\n`,
  );
}

/** A policy that is there already stays, and has its say. */
function withoutServices(install: () => void): void {
  const isOurs = process.getuid?.() === 0 && !existsSync(SERVICE_POLICY);
  if (isOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) rmSync(SERVICE_POLICY);
  }
}
