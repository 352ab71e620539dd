import { AiIpcError } from '../../base/errors.ts';
import type { Audit } from '../frame/audit.ts';
import { type Action, messageView } from '../frame/page.ts';
import type { Minds } from '../minds/minds.ts';

const MAX_MESSAGE_CHARACTERS = 2_000;

/** What is done on the page of minds. Each deed is noted before it is done. */
export function mindActions(minds: Minds, audit: Audit): readonly Action[] {
  return [
    {
      path: '/minds-switch',
      async act({ field, session, address }) {
        const isOff = field('npcs') === 'off';
        const did = isOff ? 'silenced all NPCs' : 'let all NPCs speak';
        await audit.note({ who: session.name, address, did });
        await minds.kept.setNpcsOff(isOff);
        return { goTo: '/minds' };
      },
    },
    {
      path: '/minds-reload',
      async act({ session, address }) {
        await audit.note({ who: session.name, address, did: 'read the personas anew' });
        minds.files.forget();
        return { goTo: '/minds' };
      },
    },
    {
      path: '/minds-forget',
      async act({ field, session, address }) {
        const [npc, player] = [field('npc'), field('player')];
        if (npc === '' || player === '')
          return messageView('Memory', 'Name an NPC and a player: nothing was forgotten.', 400);
        await audit.note({
          who: session.name,
          address,
          did: 'forgot a player',
          about: `${npc} of ${player}`,
        });
        await minds.kept.forget(npc, player);
        return { goTo: `/minds-memory?${new URLSearchParams({ npc, player })}` };
      },
    },
    {
      path: '/minds/:persona',
      async act({ param, field, session, address }) {
        const personaId = param('persona');
        const message = field('message').slice(0, MAX_MESSAGE_CHARACTERS);
        await audit.note({ who: session.name, address, did: 'talked to a persona', about: personaId });
        const trial = await minds.say(session.id, { personaId, message });
        if (trial === null) throw new AiIpcError('bad_argument', `There is no persona ${personaId} now.`);
        return { goTo: `/minds/${encodeURIComponent(personaId)}#say` };
      },
    },
    {
      path: '/minds/:persona/ends',
      async act({ param, session }) {
        minds.endTalk(session.id, param('persona'));
        return { goTo: `/minds/${encodeURIComponent(param('persona'))}` };
      },
    },
  ];
}
