// Loaded into a worker before its own program (`--require`): from SIGUSR2 on it takes all of the heap, as a leak does.
'use strict';

const EVERY_MS = 5;
const kept = [];

process.once('SIGUSR2', () => {
  setInterval(() => kept.push(new Array(131_072).fill(kept.length)), EVERY_MS).unref();
});
