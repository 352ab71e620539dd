import type { HostFact } from '../store/host-facts.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

/** Several hosts of DB_HOST: which one serves, and whether the others could take over. */
export function hostFindings(hosts: readonly HostFact[]): Finding[] {
  const [preferred, ...others] = hosts;
  const used = hosts.find(({ isUsed }) => isUsed);
  if (preferred === undefined || used === undefined) return [];
  const strangers = hosts.filter(({ queueId }) => isOther(queueId, used.queueId));
  const standBy = others.filter(
    (one) => !one.isUsed && one.trouble === undefined && !strangers.includes(one),
  );
  const names = standBy.map(({ name }) => name).join(', ');
  return [
    ok('hosts', `${used.name} serves; ${names === '' ? 'no other one stands by' : `${names} stands by`}.`),
    ...(used === preferred ? [] : [aboutPreferred(preferred, used)]),
    ...others.filter((one) => !one.isUsed).flatMap(aboutOther),
    ...strangers.map(({ name }) =>
      broken('hosts', {
        reason: `${name} has another queue than ${used.name}: they do not have the same data.`,
        remedy: 'Let DB_HOST name nodes of one Galera cluster, or one server alone.',
        symptom: 'No requests being processed',
      }),
    ),
  ];
}

function isOther(queueId: string | undefined, used: string | undefined): boolean {
  return queueId !== undefined && used !== undefined && queueId !== used;
}

function aboutPreferred({ name, trouble }: HostFact, used: HostFact): Finding {
  if (trouble === undefined)
    return ok('hosts', `${name}, the preferred one, serves again: new connections go there within seconds.`);
  return warning('hosts', {
    reason: `${used.name} serves in place of ${name}: ${trouble}`,
    remedy: 'Mend that host: once it serves, all goes back to it by itself.',
  });
}

function aboutOther({ name, trouble }: HostFact): Finding[] {
  if (trouble === undefined) return [];
  return [
    warning('hosts', {
      reason: `${name} could not take over: ${trouble}`,
      remedy: 'The last sentence says it. Until then nothing stands in for the others.',
    }),
  ];
}
