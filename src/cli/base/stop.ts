/** SIGBREAK is what closing a Windows console sends. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 149 } as const;
const STOP_SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];

/** What another process told this one: nothing yet, or to stop. */
export interface Stop {
  readonly signal: AbortSignal;
  /** What a shell expects of a process that a signal ended, such as 130 for SIGINT; undefined without a signal. */
  exitCode(): number | undefined;
}

/** Runs `work` with an eye on the signals that ask to stop. A second one ends the process at once. */
export async function withStop<T>(work: (stop: Stop) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (name: keyof typeof EXIT_CODES) => {
    exitCode = EXIT_CODES[name];
    unlisten();
    stopping.abort();
  };
  const unlisten = () => {
    for (const name of STOP_SIGNALS) process.off(name, onSignal);
  };
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  try {
    return await work({ signal: stopping.signal, exitCode: () => exitCode });
  } finally {
    unlisten();
  }
}
