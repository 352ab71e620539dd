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

/** The database of the map server, as conf/inter_athena.conf and what is imported over it name it. */
export interface MapDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `default_codepage`: '' where it is that of the server. */
  readonly codepage: string;
}

const MYSQL_PORT = 3306;

/** Undefined where a setting is missing: each of rAthena's own files has them all. */
export function mapDatabaseIn(settings: ReadonlyMap<string, string>): MapDatabase | undefined {
  const [host, user, password, database] = ['ip', 'id', 'pw', 'db'].map((key) =>
    settings.get(`map_server_${key}`),
  );
  if (host === undefined || user === undefined || password === undefined || database === undefined)
    return undefined;
  const port = Number(settings.get('map_server_port') ?? MYSQL_PORT);
  return { host, port, user, password, database, codepage: settings.get('default_codepage') ?? '' };
}
