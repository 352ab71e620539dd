import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BoxPlace } from './box-process.ts';
import type { BoxName } from './boxes.ts';
import { ROOT } from './cli-process.ts';

/** As docs/proxies.md calls them. */
const LANGUAGE: Readonly<Record<BoxName, string>> = {
  nginx: 'nginx',
  haproxy: 'haproxy',
  apache2: 'apache',
  caddy: 'caddy',
  squid: 'squid',
};

/** The lines of docs/proxies.md for a box, the first block of its language. */
export function linesOfPage(name: BoxName): string {
  const page = readFileSync(join(ROOT, 'docs/proxies.md'), 'utf8');
  const [, lines] = new RegExp(`^\`\`\`${LANGUAGE[name]}\n([\\s\\S]*?)^\`\`\``, 'm').exec(page) ?? [];
  if (lines === undefined) throw new Error(`docs/proxies.md has no lines for ${name}.`);
  return lines;
}

/** What stands in a box's configuration beside the lines that matter, for it to run alone and as nobody's root. */
const AROUND: Readonly<Record<BoxName, (lines: string, place: BoxPlace) => string>> = {
  haproxy: (lines) => `global\n  maxconn 500\n${lines}`,
  nginx: (lines, { folder }) => `
    pid ${folder}/pid;
    error_log ${folder}/error.log;
    # One process: workers would outlive a master that is killed.
    master_process off;
    events {}
    http {
      access_log off;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join('\n')}
      ${lines}
    }`,
  apache2: (lines, { folder, root }) => `
    ServerName box.example
    PidFile ${folder}/pid
    ErrorLog ${folder}/error.log
    DefaultRuntimeDir ${folder}
    Mutex file:${folder} default
    ${['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map((of) => `LoadModule ${of}_module ${root}/usr/lib/apache2/modules/mod_${of}.so`).join('\n')}
    ${lines}`,
  caddy: (lines) => `{\n  admin off\n  auto_https off\n}\n${lines}`,
  squid: (lines, { folder, root }) => `
    pid_filename ${folder}/pid
    cache_log ${folder}/error.log
    access_log stdio:${folder}/access.log
    logfile_rotate 0
    coredump_dir ${folder}
    mime_table ${root}/usr/share/squid/mime.conf
    icon_directory ${root}/usr/share/squid/icons
    error_directory ${root}/usr/share/squid-langpack/templates
    hosts_file ${folder}/hosts
    visible_hostname box.example
    pinger_enable off
    unlinkd_program ${root}/usr/lib/squid/unlinkd
    cache deny all
    ${lines}`,
};

/** A whole configuration of these lines. */
export function settingsOf(name: BoxName, lines: string, place: BoxPlace): string {
  return AROUND[name](lines, place).replace(/^ {4}/gm, '');
}
