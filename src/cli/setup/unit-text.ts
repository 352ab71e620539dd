/** Where and as whom the units run. */
export interface UnitNeeds {
  /** The package's folder. */
  readonly folder: string;
  readonly settingsFolder: string;
  readonly settingsFile: string;
  readonly user: string;
  readonly group: string;
  readonly servicePort: number;
  /** Node's path, where the units would not find it on theirs. */
  readonly node: string | undefined;
}

/** A unit of deploy/ with the paths, the user and the port of this machine. */
export function unitText(unit: string, needs: UnitNeeds): string {
  const { folder, settingsFolder, settingsFile, user, group, servicePort, node } = needs;
  const set = (text: string, key: string, value: string) =>
    text.replace(new RegExp(`^${key}=.*$`, 'm'), () => `${key}=${value}`);
  const placed = [
    ['User', user],
    ['Group', group],
    ['EnvironmentFile', settingsFile],
    ['WorkingDirectory', settingsFolder],
    ...(isInHome(folder) || isInHome(node ?? '') ? [['ProtectHome', 'read-only']] : []),
  ].reduce((text, [key = '', value = '']) => set(text, key, value), unit);
  return placed
    .replace(/^(ExecStart=.*) \/opt\/ai-ipc\//m, (_, before: string) => `${before} ${folder}/`)
    .replace(/^(ExecStart=.*--port )\d+$/m, (_, before: string) => `${before}${servicePort}`)
    .replace(/^ExecStart=\/usr\/bin\/env node /m, (same) =>
      node === undefined ? same : `ExecStart=${node} `,
    );
}

/** What a unit runs: program and arguments. */
export function execOf(unit: string): string[] {
  return /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
}

function isInHome(path: string): boolean {
  return path.startsWith('/home/');
}
