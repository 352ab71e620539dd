/** Counts what is answered at once, and lets no more in than the service can do. */
export interface Admission {
  /** How many are inside now. */
  readonly inFlight: number;
  readonly isFull: boolean;
  /** undefined when it is full; else to be called once, when the answer is there. */
  enter(): (() => void) | undefined;
}

/** Seconds after which a caller may come again: answers take from a millisecond to some seconds. */
export const RETRY_AFTER_SECONDS = 1;

export function createAdmission(maxInFlight: number): Admission {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    get isFull() {
      return inFlight >= maxInFlight;
    },
    enter() {
      if (inFlight >= maxInFlight) return undefined;
      inFlight++;
      let isInside = true;
      return () => {
        if (isInside) inFlight--;
        isInside = false;
      };
    },
  };
}
