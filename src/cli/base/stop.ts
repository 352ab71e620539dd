/**
 * What asks a process to stop, with the exit code that a shell expects of one that ends by it: Ctrl-C, a service manager,
 * a terminal that was closed (on Windows the window of the console: the process has about five seconds then, whatever it
 * does; libuv, uv_signal_t), Ctrl-Break on Windows.
 * SIGHUP stops also under nohup: Node ends the ignoring of signals that it was started with.
 */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 149 } as const;

export type StopSignal = keyof typeof EXIT_CODES;

/** Whoever sends it does not wait: what cannot be done in a second or two is left to others. */
export function isHangUp(name: StopSignal): boolean {
  return name === 'SIGHUP' || name === 'SIGBREAK';
}

const STOP_SIGNALS = Object.keys(EXIT_CODES) as readonly StopSignal[];

/**
 * Calls `listener` for each signal, until the function is called that it returns: then a signal ends the process at once
 * again. A closing terminal sends SIGHUP twice within a millisecond, by the kernel and by the shell: it counts once, and
 * never as the second signal that people send when they will not wait.
 */
export function onStopSignal(listener: (name: StopSignal) => void): () => void {
  let isHungUp = false;
  const onSignal = (name: StopSignal) => {
    if (name === 'SIGHUP' && isHungUp) return;
    isHungUp ||= name === 'SIGHUP';
    listener(name);
  };
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  return () => {
    for (const name of STOP_SIGNALS) if (name !== 'SIGHUP' || !isHungUp) process.off(name, onSignal);
  };
}

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
  const unlisten = onStopSignal((name) => {
    exitCode = EXIT_CODES[name];
    unlisten();
    stopping.abort();
  });
  try {
    return await work({ signal: stopping.signal, exitCode: () => exitCode });
  } finally {
    unlisten();
  }
}
