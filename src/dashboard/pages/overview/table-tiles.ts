import { timeView } from '../../frame/chart.ts';
import { html } from '../../frame/html.ts';
import { table } from '../../frame/table.ts';
import { spanOfMs } from '../../frame/words.ts';
import { tile } from './tile.ts';

const SHOWN_WORKERS = 20;

export const workers = tile({
  id: 'workers',
  kind: 'wide',
  query: ({ overview }) => ({ all: overview.workers, nowMs: overview.nowMs }),
  view: ({ all, nowMs }) =>
    html`<h2>Workers</h2>${table({
      caption: 'Workers',
      rows: all.slice(0, SHOWN_WORKERS),
      none: 'No worker has ever told of itself here: sudo systemctl start ai-ipc-worker',
      columns: [
        { name: 'Worker', isHeading: true, cell: ({ host, pid }) => `${host}, process ${pid}` },
        {
          name: 'State',
          cell: ({ isAlive, heartbeatAgeMs }) =>
            isAlive
              ? html`<span class="badge ok">alive</span>`
              : html`<span class="badge broken">silent</span> for ${spanOfMs(heartbeatAgeMs)}`,
        },
        { name: 'At work', isNumber: true, cell: ({ inFlight }) => inFlight },
        { name: 'Version', cell: ({ version }) => version },
        { name: 'Runs for', cell: ({ startedMs }) => spanOfMs(nowMs - startedMs) },
        { name: 'Doorbell', cell: ({ doorbell }) => doorbell ?? 'none' },
      ],
    })}`,
});

export const lastErrors = tile({
  id: 'last-errors',
  kind: 'wide',
  query: ({ overview }) => overview.lastErrors,
  view: (errors) =>
    html`<h2>Last errors</h2>${table({
      caption: 'The last requests that failed or timed out',
      rows: errors,
      none: 'No request has failed as far as the log goes back.',
      columns: [
        {
          name: 'Request',
          isHeading: true,
          cell: ({ requestId }) => html`<a href="/requests/${requestId}">${requestId}</a>`,
        },
        {
          name: 'What',
          cell: ({ event }) =>
            html`<span class="badge ${event === 'timeout' ? 'timeout' : 'failed'}">${event}</span>`,
        },
        { name: 'Error', cell: ({ errorCode }) => html`<code>${errorCode ?? '–'}</code>` },
        { name: 'When', isLong: true, cell: ({ atMs }) => timeView(atMs) },
      ],
    })}`,
});
