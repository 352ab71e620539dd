// Loaded into a worker before its own program (`--require`): its wall clock is an hour ahead, then an hour behind, then right.
// What it reads of the time is Date; the monotonic clock is as it was.
'use strict';

const HOUR_MS = 3_600_000;
/** From its start: so far off is it from then on. */
const STEPS = [
  [3_000, HOUR_MS],
  [8_000, -HOUR_MS],
  [13_000, 0],
];
const RightDate = Date;
let offMs = 0;

for (const [atMs, thenOffMs] of STEPS) {
  const step = setTimeout(() => {
    offMs = thenOffMs;
  }, atMs);
  step.unref();
}

const now = () => RightDate.now() + offMs;
globalThis.Date = new Proxy(RightDate, {
  construct: (_, args, newTarget) =>
    Reflect.construct(RightDate, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RightDate(now()).toString(),
  get: (_, name) => (name === 'now' ? now : Reflect.get(RightDate, name)),
});
