import type { Finding, Verdict } from '../../doctor/finding.ts';
import { worstOf } from '../../doctor/finding.ts';
import { type Html, html } from '../frame/html.ts';
import type { Page, View } from '../frame/page.ts';
import { shareFor } from '../frame/share.ts';
import { countWith } from '../frame/words.ts';

/** Looks at every part, in a few seconds. */
export type Examine = () => Promise<readonly Finding[]>;

/** The worst stands first: a page is read from above. */
const ORDER: readonly Verdict[] = ['broken', 'warning', 'unseen', 'ok'];
/** Who presses again and again looks at the same look: it asks the database and the AI service for a lot. */
const SHARE_MS = 3_000;

/** What `ai-ipc doctor` says. */
export function doctorPage(examine: Examine): Page {
  const look = shareFor(SHARE_MS, examine);
  return {
    path: '/doctor',
    async show(): Promise<View> {
      const findings = await look();
      const faults = findings.filter(({ verdict }) => verdict === 'broken' || verdict === 'warning');
      const rest = findings.filter((finding) => !faults.includes(finding));
      return {
        title: 'Doctor',
        sections: [
          { id: 'verdict', content: verdictSection(findings) },
          { id: 'faults', content: html`${inOrder(faults).map(findingView)}` },
          {
            id: 'rest',
            content: html`<details${faults.length === 0 ? html` open` : ''}><summary>${countWith(rest.length, 'part')} without a fault</summary>${inOrder(rest).map(findingView)}</details>`,
          },
        ],
      };
    },
  };
}

function verdictSection(findings: readonly Finding[]): Html {
  const worst = worstOf(findings);
  const isWell = worst === 'ok' || worst === 'unseen';
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  const symptoms = [...new Set(findings.flatMap(({ symptom }) => symptom ?? []))];
  const words = isWell
    ? 'Nothing is wrong.'
    : `${count('broken')} broken, ${countWith(count('warning'), 'warning')}${symptoms.length === 0 ? '.' : `: ${symptoms.join('; ')}.`}`;
  return html`<p><strong class="badge ${worst}">${worst}</strong> ${words}</p>
<form method="get" action="/doctor"><button>Look again</button></form>
<p class="quiet">The same as <code>ai-ipc doctor</code>. It changes nothing.</p>`;
}

function findingView({ part, verdict, reason, remedy }: Finding): Html {
  const mends =
    remedy === null
      ? ''
      : html`<p class="remedy"><span class="hidden">What mends it: </span><code>${remedy}</code></p>`;
  return html`<article class="finding"><h2><span class="badge ${verdict}">${verdict}</span> ${part}</h2><p>${reason}</p>${mends}</article>`;
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return ORDER.flatMap((verdict) => findings.filter((one) => one.verdict === verdict));
}
