/** What is known of whether a model is loaded. */
export interface Presence {
  /** The call or the pause that is under way; null where the model is thought to be there. */
  running: Promise<void> | null;
  /** When the call under way began; null in a pause. */
  calledAtMs: number | null;
  /** Ends the time in which a loaded model is left alone; null where there is none. */
  missed: AbortController | null;
  patienceMs: number;
  /** The server itself says that it loads. */
  isTold: boolean;
  /** It was loaded slowly once, and is asked now and then so that it stays. */
  isKept: boolean;
  /** When anybody last got a word of it. */
  wordAtMs: number;
  isAnnounced: boolean;
}

/** Nothing is under way, and it is thought to be there. */
export function newPresence(patienceMs: number): Presence {
  return {
    running: null,
    calledAtMs: null,
    missed: null,
    patienceMs,
    isTold: false,
    isKept: false,
    wordAtMs: Number.NEGATIVE_INFINITY,
    isAnnounced: false,
  };
}
