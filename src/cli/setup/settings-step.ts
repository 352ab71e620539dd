import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsPlan } from './answers.ts';
import { isLinkTo, isPlainFile, makeLink, textOf, writeWhole } from './files.ts';
import type { Place } from './place.ts';
import type { Step } from './step.ts';

const ONLY_ROOT = 0o600;

/** The settings of the services, and .env in the package's folder as a link to them. */
export function settingsStep(place: Place, { after, changed }: SettingsPlan): Step {
  const { settingsFile } = place;
  const link = envLinkOf(place);
  return {
    name: `the settings: ${settingsFile}, only for root`,
    byHand: [
      `install -d ${place.settingsFolder}`,
      `${settingsFile} (mode 600): .env.example with the answers, or what is there${changed.length === 0 ? '' : `, with another ${changed.join(', ')}`}`,
      `ln -sf ${settingsFile} ${link}`,
    ],
    async isDone() {
      return (
        textOf(settingsFile) === after &&
        (statSync(settingsFile).mode & 0o777) === ONLY_ROOT &&
        isLinkTo(link, settingsFile)
      );
    },
    async work(onWork) {
      if (isPlainFile(settingsFile) && changed.length > 0) onWork(`before: ${putAside(settingsFile)}`);
      writeWhole(settingsFile, after, ONLY_ROOT);
      onWork(settingsFile);
      if (isPlainFile(link)) onWork(`before: ${putAside(link)}`);
      if (!isLinkTo(link, settingsFile)) makeLink(link, settingsFile);
      onWork(`${link} leads to it`);
    },
  };
}

/** .env of the folder in which commands are run. */
export function envLinkOf({ folder }: Place): string {
  return join(folder, '.env');
}

/** Nothing that somebody wrote is lost; an earlier one of these is. */
function putAside(path: string): string {
  const aside = `${path}.before-setup`;
  renameSync(path, aside);
  return aside;
}
