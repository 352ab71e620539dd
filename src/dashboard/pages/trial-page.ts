import type { Reading } from '../../reading/message.ts';
import { type Html, html } from '../frame/html.ts';
import { actionForm, messageView, type Page, type View } from '../frame/page.ts';
import { countOf, spanOfMs } from '../frame/words.ts';
import type { Minds } from '../minds/minds.ts';
import type { Trial } from '../minds/trials.ts';

/** As the AI service takes them. */
const MAX_MESSAGE_CHARACTERS = 2_000;

/** A talk with one persona, each answer with how it came to be. */
export function trialPage(minds: Minds): Page {
  return {
    path: '/minds/:persona',
    async show({ param, session }): Promise<View> {
      const { files } = await minds.files.look();
      const persona = files.find((file) => file.persona?.id === param('persona'))?.persona;
      if (!persona) return messageView('Not found', 'No persona file has this name now.', 404);
      const trials = session === null ? [] : minds.talkOf(session.id, persona.id);
      const path = `/minds/${encodeURIComponent(persona.id)}`;
      const say = actionForm(session, {
        path,
        label: `Talk to ${persona.name}`,
        content: html`<label class="wide">You say <input name="message" required maxlength="${MAX_MESSAGE_CHARACTERS}" autocomplete="off"${trials.length > 0 ? html` autofocus` : ''}></label> <button class="primary">Say</button>`,
      });
      const anew =
        trials.length === 0
          ? ''
          : actionForm(session, { path: `${path}/ends`, content: html`<button>Begin anew</button>` });
      const intro = html`<p><a href="/minds">All minds</a></p><p>${persona.name}, ${persona.role} in ${persona.place}. Nothing of this is remembered for the game. The file is read anew before each answer.</p>`;
      return {
        title: `Talk to ${persona.name}`,
        sections: [
          { id: 'intro', content: intro },
          {
            id: 'talk',
            content: html`${trials.map((trial, index) => trialView(trial, index === trials.length - 1))}`,
          },
          { id: 'say', content: html`<div class="row say">${say}${anew}</div>` },
        ],
      };
    },
  };
}

function trialView(trial: Trial, isLast: boolean): Html {
  const { message, answer, trouble, rule } = trial;
  const said =
    answer === null
      ? html`<p class="bad" role="alert">${trouble}</p>`
      : html`<p class="said">${answer.text} <span class="quiet">(${answer.emotion}${answer.action === undefined ? '' : `, ${answer.action}`})</span></p>`;
  return html`<article class="trial"><p class="heard">${message}</p>${said}
<details${isLast ? html` open` : ''}><summary>How it came to be: ${stepsText(trial)}</summary>
${rule === null ? '' : html`<h3>Rule</h3><p>${rule}</p>`}
${trial.prompt === null ? '' : html`<h3>Prompt: who the NPC is</h3><pre tabindex="0">${trial.prompt.system}</pre><h3>Prompt: what was said</h3><pre tabindex="0">${trial.prompt.user}</pre>`}
${trial.reading === null ? '' : readingView(trial.reading, answer?.text ?? null)}
</details></article>`;
}

function stepsText({ steps, model, answer }: Trial): string {
  const times = steps.map(({ name, ms }) => `${name} ${spanOfMs(ms)}`).join(', ');
  const tokens =
    answer === null || model === null
      ? ''
      : `; ${countOf(answer.tokens.prompt)} + ${countOf(answer.tokens.completion)} tokens of ${model}`;
  return `${times}${tokens}`;
}

/** What the model wrote, what was taken, what was left out and why, and what the NPC says of it. */
function readingView(reading: Reading, text: string | null): Html {
  const taken =
    reading.kind === 'nothing'
      ? html`<p class="bad">Nothing was taken: it is ${reading.why}.</p>`
      : html`<p>By this evidence: ${reading.evidence.join(', ')}.</p><pre tabindex="0">${takenOf(reading)}</pre>`;
  const leftOut = reading.leftOut.map(
    ({ why, text: left }) => html`<dt>${why}</dt><dd><pre tabindex="0">${visible(left)}</pre></dd>`,
  );
  const cleaned =
    text === null || reading.kind === 'nothing' || text === saidIn(reading)
      ? ''
      : html`<h3>Cleaned</h3><p class="quiet">Cut to length and to a whole sentence, without markup, names before the words and signs that no client shows.</p><p>${text}</p>`;
  return html`<h3>The model wrote</h3><pre tabindex="0">${visible(reading.wrote)}</pre>
<h3>Taken</h3>${taken}
<h3>Left out</h3>${leftOut.length === 0 ? html`<p class="quiet">Nothing.</p>` : html`<dl>${leftOut}</dl>`}${cleaned}`;
}

function takenOf(reading: Exclude<Reading, { kind: 'nothing' }>): string {
  return visible(reading.kind === 'words' ? reading.words : JSON.stringify(reading.fields, null, 2));
}

function saidIn(reading: Exclude<Reading, { kind: 'nothing' }>): string {
  return reading.kind === 'words' ? reading.words : String(reading.fields['text'] ?? '');
}

/** What nobody sees is shown as an escape. */
function visible(text: string): string {
  return text.replace(/(?![\n\t])\p{C}/gu, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
}
