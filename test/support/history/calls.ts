import { type Breach, groupBy, type History, idsTold, type Rule } from './story.ts';

/** A call is made for a claim: never two for one, and always with the same key. */
export const callsAreClaimed: Rule = ({ row, log, calls }) => {
  if (row === undefined || calls.length === 0) return [];
  const claims = log.filter(({ event }) => event === 'claimed').length;
  const keys = new Set(calls.map(({ key }) => key));
  return [
    ...(calls.length > claims ? [`it was called ${calls.length} times, for ${claims} claims`] : []),
    ...(keys.size > 1 ? [`it was called with ${keys.size} keys: ${[...keys].join(', ')}`] : []),
  ];
};

/** What was asked once is stored once, under one id, and what is called is stored. */
export function askedOnce({ tables, asks, calls }: History): Breach[] {
  const rows = groupBy(
    tables.requests.filter(({ token }) => token !== null),
    ({ token }) => token,
  );
  const twice = [...rows].filter(([, group]) => group.length > 1);
  const many = asks.filter((ask) => idsTold(ask).length > 1);
  const strangers = new Set(calls.filter(({ token }) => !rows.has(token)).map(({ token }) => token));
  const breach = (id: number | null, words: string): Breach => ({ rule: 'asked once', id, words });
  return [
    ...twice.map(([token, group]) =>
      breach(group[0]?.id ?? null, `${token} is stored ${group.length} times: ${idsOf(group)}`),
    ),
    ...many.map((ask) => breach(null, `${ask.token} was told several ids: ${idsTold(ask).join(', ')}`)),
    ...[...strangers].map((token) => breach(null, `${token} was called, and is not in the table`)),
  ];
}

function idsOf(group: readonly { readonly id: number }[]): string {
  return group.map(({ id }) => id).join(', ');
}
