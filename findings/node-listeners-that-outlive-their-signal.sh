#!/bin/sh
# Guess: a listener that was added with { signal } goes when that signal is aborted, however many others wait at the same target.
# Seen:  Node 20.20.2, 22.23.3 and 24.21.0: of 100 listeners at one target, each with a signal of its own, a garbage collection
#        before the aborts lets 99 stay for good; without a collection all go. Node 26.10.0: all go in both cases.
# Needs: npm and the network. Exits with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >waits.mjs <<'END'
import { getEventListeners, setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const target = new AbortController().signal;
setMaxListeners(0, target);
const listeners = () => getEventListeners(target, 'abort').length;

async function leftOf100(betweenThem) {
  const before = listeners();
  const ends = Array.from({ length: 100 }, () => new AbortController());
  for (const { signal } of ends) target.addEventListener('abort', () => signal, { signal });
  await delay(5);
  betweenThem();
  await delay(5);
  for (const end of ends) end.abort();
  return listeners() - before;
}

const quiet = await leftOf100(() => undefined);
console.log(process.version, quiet, 'left;', await leftOf100(() => globalThis.gc()), 'left where garbage was collected');
END
npm init -y >/dev/null
for version in 20.20.2 22.23.3 24.21.0 26.10.0; do
  npm install --silent --no-audit --no-fund "node@$version"
  node_modules/.bin/node --expose-gc waits.mjs
done | tee said.txt
[ "$(grep -c ' 0 left; 99 left where garbage was collected$' said.txt)" = 3 ]
grep -q '^v26.10.0 0 left; 0 left where garbage was collected$' said.txt
