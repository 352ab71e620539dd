/** A ring that asks whether it was heard, and the note that says so: no longer than the ring, so that nobody gains by it. */
export const IS_IT_HEARD = Buffer.from('AI IPC: is it heard?');
export const HEARD = Buffer.from('AI IPC: heard');
