import type { Recollection } from '../../mind/talk/recollection.ts';
import type { Audit } from '../frame/audit.ts';
import { type Html, html } from '../frame/html.ts';
import { actionForm, messageView, type Page, type View } from '../frame/page.ts';
import { countWith } from '../frame/words.ts';
import { rememberingNpc } from '../minds/kept.ts';
import type { Minds } from '../minds/minds.ts';

/** What one NPC remembers of one player: only for who has signed in, and the audit log has it. */
export function memoryPage(minds: Minds, audit: Audit): Page {
  return {
    path: '/minds-memory',
    async show({ query, session, address }): Promise<View> {
      const npc = query.get('npc') ?? '';
      const player = query.get('player') ?? '';
      if (session === null)
        return messageView('Memory', 'What players said is shown to who has signed in.', 401);
      if (npc === '' || player === '') return messageView('Memory', 'Name an NPC and a player.', 400);
      const { book, problem } = await minds.files.look();
      if (book === null) return messageView('Memory', problem ?? 'There is no persona.', 503);
      const npcId = rememberingNpc(book, npc);
      await audit.note({
        who: session.name,
        address,
        did: 'read the memory',
        about: `${npcId} of ${player}`,
      });
      const known = await minds.kept.recall(npcId, player);
      const forget = actionForm(session, {
        path: '/minds-forget',
        content: html`<input type="hidden" name="npc" value="${npcId}"><input type="hidden" name="player" value="${player}"><button class="danger">Forget this player</button>`,
      });
      const content = html`<p><a href="/minds">All minds</a></p>${knownView(known)}${forget}`;
      return { title: `What ${npcId} remembers of ${player}`, sections: [{ id: 'known', content }] };
    },
  };
}

function knownView({ summary, turnsBefore, turns, facts }: Recollection): Html {
  if (summary === null && turns.length === 0 && facts.length === 0)
    return html`<p>Nothing: they have not met, or it was forgotten.</p>`;
  return html`
${facts.length === 0 ? '' : html`<h2>Told by scripts</h2><ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}
${summary === null ? '' : html`<h2>In short</h2><p class="quiet">Of ${countWith(turnsBefore, 'older turn')}.</p><p class="pre">${summary}</p>`}
${turns.length === 0 ? '' : html`<h2>Last turns</h2><dl class="talk">${turns.map(({ said, answered }) => html`<dt>${said}</dt><dd>${answered}</dd>`)}</dl>`}`;
}
