/** A ring that asks whether it was heard, and the note that says so: no longer than the ring, so that nobody gains by it. */
export const IS_IT_HEARD = Buffer.from('AI IPC: is it heard?');
export const HEARD = Buffer.from('AI IPC: heard');

/** Any other datagram is longer than these two, or nobody wrote it. */
const MOST_BYTES = 64;

/** A ring whose caller waits for the end of a request, and wants to be rung back then. */
export function ringFor(id: number): Buffer {
  return Buffer.from(`AI IPC: ring back when ${id} has ended`);
}

/** That ring back, shorter than the ring: which request has ended, and nothing of how. */
export function ringBackOf(id: number): Buffer {
  return Buffer.from(`AI IPC: ${id} has ended`);
}

/** The request whose end the caller waits for; undefined for every other ring. */
export function idOfRing(note: Buffer): number | undefined {
  return idIn(note, /^AI IPC: ring back when (\d{1,16}) has ended$/);
}

/** The request that has ended; undefined for whatever else came. */
export function idOfRingBack(note: Buffer): number | undefined {
  return idIn(note, /^AI IPC: (\d{1,16}) has ended$/);
}

function idIn(note: Buffer, form: RegExp): number | undefined {
  if (note.length > MOST_BYTES) return undefined;
  const digits = form.exec(note.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number(digits);
}
