import type { SettingsDescription } from '../../config/describe.ts';
import { type Html, html } from '../frame/html.ts';
import type { Page, View } from '../frame/page.ts';
import { table } from '../frame/table.ts';

/** Every setting in effect and where it came from; secrets are shown nowhere. */
export function settingsPage(describe: () => SettingsDescription): Page {
  return {
    path: '/settings',
    show(): View {
      const { chosenBy, effective, warnings } = describe();
      const why = chosenBy === undefined ? 'the default: nothing names MariaDB' : `chosen by ${chosenBy}`;
      const sections = [...new Set(effective.map(({ key }) => sectionOf(key)))];
      return {
        title: 'Settings',
        sections: [
          {
            id: 'about',
            content: html`<p>As this process was started with them. Database: ${why}. <code>ai-ipc config check</code> reads them anew; docs/settings.md explains each.</p>${warnings.map((text) => html`<p class="warn" role="note">${text}</p>`)}`,
          },
          ...sections.map((name) => ({
            id: `of-${name}`,
            content: settingsTable(
              name,
              effective.filter(({ key }) => sectionOf(key) === name),
            ),
          })),
        ],
      };
    },
  };
}

function settingsTable(name: string, rows: SettingsDescription['effective']): Html {
  return html`<h2>${name}</h2>${table({
    caption: `Settings of ${name}`,
    rows,
    none: 'None.',
    columns: [
      {
        name: 'Setting',
        isHeading: true,
        cell: ({ key }) => html`<code>${key.slice(name.length + 1)}</code>`,
      },
      { name: 'Value', isLong: true, cell: ({ value, unit }) => html`<code>${value}</code> ${unit}` },
      {
        name: 'Source',
        isLong: true,
        cell: ({ source }) =>
          source === 'default' ? html`<span class="quiet">default</span>` : html`<strong>${source}</strong>`,
      },
    ],
  })}`;
}

/** database.mariadb.host → database.mariadb */
function sectionOf(key: string): string {
  const names = key.split('.');
  return names.slice(0, names[0] === 'database' ? 2 : 1).join('.');
}
