interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string | undefined;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const REGISTRY = 'https://registry.npmjs.org/';
/** Versions and ranges of the registry. All others name a place: git, http, a folder, another package. */
const RANGE = /^[\w.*+\-^~<>=| ]*$/;

/** What of a lockfile could have npm run or load something else than the registry's packages; one sentence each. */
export function lockfileFaults(
  { lockfileVersion, packages }: Lockfile,
  allowed: readonly string[],
): string[] {
  if (lockfileVersion !== 3)
    return [`package-lock.json has version ${lockfileVersion}; 3 has a digest for each package.`];
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, one]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return faultsOf(name, one, allowed).map((fault) => `${path}: ${name} ${fault}.`);
    });
}

function faultsOf(name: string, one: LockedPackage, allowed: readonly string[]): string[] {
  if (one.link) return ['is a link to a folder'];
  const { resolved, integrity, inBundle, hasInstallScript } = one;
  // Left out, it is that of the registry in use: npm ci fetches by name and version, and holds it to the digest.
  const isElsewhere = resolved !== undefined && !resolved.startsWith(`${REGISTRY}${name}/-/`);
  return [
    ...(isElsewhere ? [`is from ${resolved}`] : []),
    ...(/^sha512-/.test(integrity ?? '') ? [] : ['has no digest of SHA-512']),
    ...(inBundle ? ['is bundled by another package, without a digest of its own'] : []),
    ...(hasInstallScript && !allowed.includes(name) ? ['runs a script when it is installed'] : []),
    ...placesIn(one),
  ];
}

function placesIn({ dependencies, optionalDependencies, peerDependencies }: LockedPackage): string[] {
  return Object.entries({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .filter(([, range]) => !RANGE.test(range))
    .map(([name, range]) => `wants ${name} as ${range}`);
}
