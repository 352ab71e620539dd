/**
 * The CPU time, in milliseconds, that this process takes for `action`. What a busy machine leaves it is no matter: a
 * bound on it tells a pattern that explodes from one that had to wait.
 */
export async function cpuMsOf(action: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
