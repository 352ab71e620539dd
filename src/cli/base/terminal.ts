/** Lines of their own on stdout. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Whether a person sits there, who sees what is printed and can type. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}
