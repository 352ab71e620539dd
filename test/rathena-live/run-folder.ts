import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeOwnFolder } from '../support/own-folder.ts';
import type { DatabaseSettings } from '../support/test-database.ts';

const OURS = fileURLToPath(new URL('../../rathena/npc/custom/ai-world', import.meta.url));
const HOST = '127.0.0.1';
/** One of the library's settings: the clients' codepage. */
const OWN_CODEPAGE = '"codepage") return "";';
/** Players of these plays talk more in a minute than people do. */
const MANY_LINES = ['"chat_lines_a_minute") return 12;', '"chat_lines_a_minute") return 100000;'] as const;
const PROGRAMS = ['login-server', 'char-server', 'map-server'];

/** `none` is a rAthena by itself, but for the commands that it was built with. */
export type Library = 'commands' | 'sql' | 'none';

export interface RunPorts {
  readonly login: number;
  readonly char: number;
  readonly map: number;
}

export interface RunOptions {
  readonly library: Library;
  readonly ports: RunPorts;
  readonly database: DatabaseSettings;
  /** The map server asks the database as this user, so that what it asks can be counted. */
  readonly mapUser: string;
  /** What the clients speak, by the database's name for it. */
  readonly codepage: string;
  /** Scripts, by the names of their files. */
  readonly npcs: Readonly<Record<string, string>>;
  /** More lines of conf/import/ai_ipc.conf. */
  readonly aiSettings?: readonly string[];
  /** Of the function library, in place of ours. */
  readonly libraryFolder?: string;
}

/** Whether a folder holds a rAthena that was built. */
export function missingPrograms(rathena: string): string[] {
  return PROGRAMS.filter((program) => !existsSync(join(rathena, program)));
}

/**
 * A folder to run the servers of a built rAthena in: its programs and its data, with settings and scripts of our own. Of
 * the folder itself nothing is changed, and none of rAthena's own NPCs is loaded.
 */
export class RunFolder {
  readonly path: string;

  constructor(rathena: string) {
    this.path = makeOwnFolder(tmpdir(), 'ai-ipc-rathena-');
    process.once('exit', this.#removeAtExit);
    for (const program of PROGRAMS) symlinkSync(join(rathena, program), join(this.path, program));
    symlinkSync(join(rathena, 'db'), join(this.path, 'db'));
    cpSync(join(rathena, 'conf'), join(this.path, 'conf'), { recursive: true });
    mkdirSync(join(this.path, 'conf', 'import'), { recursive: true });
    mkdirSync(join(this.path, 'log'));
    for (const folder of ['npc/custom', 'npc/other', 'npc/pre-re'])
      mkdirSync(join(this.path, folder), { recursive: true });
    for (const file of [
      'npc/other/Global_Functions.txt',
      'npc/barters.yml',
      'npc/pre-re/barters.yml',
      'npc/custom/barters.yml',
    ])
      if (existsSync(join(rathena, file))) copyFileSync(join(rathena, file), join(this.path, file));
  }

  write(options: RunOptions): void {
    for (const [name, lines] of Object.entries(settingsOf(options)))
      writeFileSync(join(this.path, 'conf', 'import', name), `${lines.join('\n')}\n`);
    const scripts = [...this.#writeLibrary(options), ...this.#writeNpcs(options.npcs)];
    const list = ['npc/other/Global_Functions.txt', ...scripts].map((file) => `npc: ${file}\n`);
    writeFileSync(join(this.path, 'npc', 'pre-re', 'scripts_main.conf'), list.join(''));
  }

  remove(): void {
    process.off('exit', this.#removeAtExit);
    this.#removeAtExit();
  }

  readonly #removeAtExit = (): void => {
    rmSync(this.path, { recursive: true, force: true });
  };

  #writeLibrary({ library, codepage, libraryFolder = OURS }: RunOptions): string[] {
    if (library === 'none') return [];
    return ['ai_ipc_lib.txt', `ai_ipc_lib_${library}.txt`]
      .filter((name) => existsSync(join(libraryFolder, name)))
      .map((name) => {
        const text = readFileSync(join(libraryFolder, name), 'latin1');
        return this.#write(
          name,
          text.replace(OWN_CODEPAGE, `"codepage") return "${codepage}";`).replace(...MANY_LINES),
        );
      });
  }

  #writeNpcs(npcs: RunOptions['npcs']): string[] {
    return Object.entries(npcs).map(([name, text]) => this.#write(name, text));
  }

  #write(name: string, text: string): string {
    const path = `npc/custom/${name}`;
    writeFileSync(join(this.path, path), text, 'latin1');
    return path;
  }
}

/** Files of conf/import, which rAthena reads after its own. */
function settingsOf({
  ports,
  database,
  mapUser,
  codepage,
  aiSettings = [],
}: RunOptions): Record<string, string[]> {
  const server = { id: 's1', password: 'p1' };
  return {
    'inter_conf.txt': [
      ...['login_server', 'char_server', 'map_server', 'web_server', 'ipban_db', 'log_db'].flatMap((part) => [
        `${part}_ip: ${database.host}`,
        `${part}_port: ${database.port}`,
        `${part}_id: ${part === 'map_server' ? mapUser : database.user}`,
        `${part}_pw: ${database.password}`,
        `${part}_db: ${database.database}`,
      ]),
      `default_codepage: ${codepage}`,
    ],
    'login_conf.txt': [`bind_ip: ${HOST}`, `login_port: ${ports.login}`, 'ipban_enable: no', 'log_login: no'],
    'char_conf.txt': [
      ...[`userid: ${server.id}`, `passwd: ${server.password}`],
      ...[`login_ip: ${HOST}`, `login_port: ${ports.login}`],
      ...[`bind_ip: ${HOST}`, `char_ip: ${HOST}`, `char_port: ${ports.char}`],
      'pincode_enabled: no',
    ],
    'map_conf.txt': [
      ...[`userid: ${server.id}`, `passwd: ${server.password}`],
      ...[`char_ip: ${HOST}`, `char_port: ${ports.char}`],
      ...[`bind_ip: ${HOST}`, `map_ip: ${HOST}`, `map_port: ${ports.map}`],
    ],
    'packet_conf.txt': ['enable_ip_rules: no'],
    'battle_conf.txt': ['basic_skill_check: no', 'prevent_logout: 0', 'max_walk_path: 30', 'pk_mode: no'],
    'log_conf.txt': ['enable_logs: 0', 'sql_logs: no', 'log_chat: 0'],
    'ai_ipc.conf': [`client_codepage: ${codepage}`, ...aiSettings],
  };
}
