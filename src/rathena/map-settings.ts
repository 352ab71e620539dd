/** The settings of the script commands and of the map server, as their files have them. */

const LINE = /^[ \t]*([A-Za-z_]\w*)[ \t]*:[ \t]*(.*?)[ \t]*\r?$/;

export interface SettingLine {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** The lines `key: value` of a text, without comments. */
export function settingLines(text: string): readonly SettingLine[] {
  return text.split('\n').flatMap((words, index) => {
    const [, key, value = ''] = LINE.exec(words.replace(/\/\/.*/, '')) ?? [];
    return key === undefined ? [] : [{ key, value, line: index + 1 }];
  });
}

/** What holds: of a key that stands twice, the last. */
export function settingsIn(...texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(texts.flatMap(settingLines).map(({ key, value }) => [key, value]));
}
