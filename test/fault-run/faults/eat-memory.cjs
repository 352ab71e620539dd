// Loaded into a worker before its own program (`--require`): after a while it takes all of the heap, as a leak does.
'use strict';

const AFTER_MS = 4_000;
const EVERY_MS = 5;
const kept = [];

const start = setTimeout(() => {
  setInterval(() => kept.push(new Array(131_072).fill(kept.length)), EVERY_MS).unref();
}, AFTER_MS);
start.unref();
