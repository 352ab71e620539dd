/** Lines of their own on stdout. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What a command prints: the bare value for scripts, or everything as JSON. */
export interface PrintedValue {
  readonly value: string | number;
  readonly json: unknown;
}

export function printValue(options: { readonly json?: boolean }, { value, json }: PrintedValue): void {
  print(options.json ? JSON.stringify(json) : String(value));
}

/** Whether a person sits there, who sees what is printed and can type. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** How wide it is; a pipe takes lines of any length. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
