import { messageOf } from '../../base/errors.ts';
import { type Html, html } from '../frame/html.ts';
import { type Asked, actionForm, type Page, type View } from '../frame/page.ts';
import type { Session } from '../frame/session.ts';
import { table } from '../frame/table.ts';
import { countOf, countWith, partOf, shortened } from '../frame/words.ts';
import type { Minds } from '../minds/minds.ts';
import type { LookAtPersonas, PersonaFile } from '../minds/persona-files.ts';

const MOST_PLAYERS = 20;

/** Personas with their problems, the switch, budgets, memory, and the way to talk to a persona. */
export function mindsPage(minds: Minds): Page {
  return {
    path: '/minds',
    async show({ session }: Asked): Promise<View> {
      const look = await minds.files.look();
      return {
        title: 'Minds',
        sections: [
          { id: 'switch', isLive: true, isStill: true, content: await switchSection(minds, session) },
          { id: 'personas', isLive: true, isStill: true, content: personasSection(look, session) },
          { id: 'memory', content: memoryForm() },
          { id: 'budget', isLive: true, content: await budgetSection(minds) },
        ],
      };
    },
  };
}

async function switchSection({ kept }: Minds, session: Session | null): Promise<Html> {
  const areOff = await kept.areNpcsOff().catch((error: unknown) => messageOf(error));
  if (typeof areOff === 'string') return html`<h2>All NPCs</h2><p class="bad">${areOff}</p>`;
  const state = areOff
    ? html`<p><strong class="badge warning">silent</strong> Every NPC says its canned line, and no model is asked.</p>`
    : html`<p><strong class="badge ok">speaking</strong> Every AI service on this database answers.</p>`;
  const button = areOff
    ? html`<button name="npcs" value="on">Let them speak</button>`
    : html`<button name="npcs" value="off" class="danger">Silence all NPCs</button>`;
  return html`<h2>All NPCs</h2>${state}${actionForm(session, { path: '/minds-switch', content: button })}`;
}

function personasSection({ folder, files, problem }: LookAtPersonas, session: Session | null): Html {
  const broken = files.filter((file) => file.problem !== null);
  const trouble = problem === null ? '' : html`<p class="bad" role="alert">${problem}</p>`;
  const summary =
    broken.length === 0
      ? html`<p>${countWith(files.length, 'file')} in <code>${folder}</code>, all good.</p>`
      : html`<p class="bad">${countOf(broken.length)} of ${countWith(files.length, 'file')} in <code>${folder}</code> ${broken.length === 1 ? 'has' : 'have'} a problem. Where a file cannot be used, the AI service keeps its last good version.</p>`;
  const again = actionForm(session, {
    path: '/minds-reload',
    content: html`<button>Read all files anew</button>`,
  });
  return html`<h2>Personas</h2>${trouble}${summary}${personaTable(files)}${again}
<p class="quiet">The AI service takes up a changed file within a second; here it is read when the page is looked at.</p>`;
}

function personaTable(files: readonly PersonaFile[]): Html {
  return table({
    caption: 'Persona files',
    rows: files,
    none: 'There is no persona file.',
    columns: [
      { name: 'File', isHeading: true, cell: ({ name }) => html`<code>${name}</code>` },
      {
        name: 'Who',
        isLong: true,
        cell: ({ persona }) => (persona === null ? '–' : `${persona.name}, ${persona.role}`),
      },
      { name: 'Language', cell: ({ persona }) => persona?.language ?? '–' },
      {
        name: 'Rules',
        isNumber: true,
        cell: ({ persona }) => (persona === null ? '–' : persona.rules.length),
      },
      {
        name: 'NPCs',
        isLong: true,
        cell: ({ persona }) => shortened(persona?.npc_ids.join(', ') || '–', 60),
      },
      {
        name: 'State',
        isLong: true,
        cell: ({ problem }) =>
          problem === null
            ? html`<span class="badge ok">good</span>`
            : html`<span class="badge broken">problem</span> <span class="pre">${problem}</span>`,
      },
      {
        name: 'Try it',
        isLong: true,
        cell: ({ persona }) =>
          persona === null
            ? ''
            : html`<a href="/minds/${encodeURIComponent(persona.id)}">Talk to ${persona.name}</a>`,
      },
    ],
  });
}

function memoryForm(): Html {
  return html`<h2>Memory</h2>
<form method="get" action="/minds-memory" class="row" aria-label="Memory of one player at one NPC">
<label>NPC <input name="npc" required maxlength="200" placeholder="sage or Sage of Prontera"></label>
<label>Player <input name="player" required maxlength="200" placeholder="150000"></label>
<button>Show what it remembers</button>
</form>`;
}

async function budgetSection({ kept, dailyTokens, model }: Minds): Promise<Html> {
  const limit =
    dailyTokens === 0
      ? 'No player has a limit: AI_PLAYER_DAILY_TOKENS is 0, and what they use is not counted.'
      : `Each player may use ${countOf(dailyTokens)} tokens a day (UTC).`;
  const players = await kept.mostUsed(MOST_PLAYERS).catch((error: unknown) => messageOf(error));
  const used =
    typeof players === 'string'
      ? html`<p class="bad">${players}</p>`
      : table({
          caption: 'Players who used most today',
          rows: players,
          none: 'Nobody has used any today.',
          columns: [
            { name: 'Player', isHeading: true, cell: ({ playerId }) => playerId },
            { name: 'Tokens today', isNumber: true, cell: ({ tokens }) => countOf(tokens) },
            {
              name: 'Of the budget',
              isNumber: true,
              cell: ({ tokens }) => (dailyTokens === 0 ? '–' : partOf(tokens, dailyTokens)),
            },
          ],
        });
  return html`<h2>Budget</h2><p>${limit} ${model === null ? 'The offline brain answers, which uses none.' : `The model is ${model}.`}</p>${used}`;
}
