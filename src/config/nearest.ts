/** The name that was most likely meant; undefined when none is close. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const wanted = plain(lastWord(written));
  // A third of the letters may differ: poll_intervall is poll_interval_ms, but bind is not find_all.
  let leastDistance = Math.floor(wanted.length / 3) + 1;
  let nearest: string | undefined;
  for (const name of names) {
    const distance = editDistance(wanted, plain(lastWord(name)));
    // The same word in the same section is nearer than in another one.
    if (distance < leastDistance) [leastDistance, nearest] = [distance, name];
  }
  return nearest;
}

/** The last part of a key with dots. */
function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** pollInterval, poll-interval and POLL_INTERVAL are written alike. */
function plain(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

/** Levenshtein's distance, one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
