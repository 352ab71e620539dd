import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runCli, startCli, useCli } from '../support/cli-process.ts';

useCli();

/** A browser's way of signing in: the cookie, and the key that its forms have. */
async function signIn(url: string, token: string): Promise<{ cookie: string; formKey: string }> {
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ token, name: 'Ana', to: '//evil.example/' }),
    redirect: 'manual',
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly.*SameSite=Lax/);
  const page = await (await fetch(url, { headers: { cookie } })).text();
  return { cookie, formKey: /name="form_key" value="([^"]+)"/.exec(page)?.[1] ?? '' };
}

describe('ai-ipc dashboard without DASHBOARD_TOKEN', () => {
  it('shows the queue to this machine, and lets act who signs in with the token of this run', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const id = (await runCli(['request', 'test', '/echo', '--database', `sqlite:${file}`])).stdout.trim();
    const program = startCli(['dashboard', '--database', `sqlite:${file}`], {
      env: { DASHBOARD_BIND: '127.0.0.1:0' },
    });
    const [, url = '', token = ''] = await program.waitForOutput(
      /^The dashboard listens on (http:\S+)\n.*token of this run: (\S+)\n/,
    );
    const list = await (await fetch(`${url}/requests`)).text();
    expect(list).toContain(`href="/requests/${id}"`);
    const words = await fetch(`${url}/requests/${id}/words`);
    expect(words.status).toBe(401);
    const search = await fetch(`${url}/requests?text=x`);
    expect([search.status, await search.text()]).toEqual([400, expect.stringContaining('sign in')]);
    const { cookie, formKey } = await signIn(url, token);
    const body = new URLSearchParams({ deed: 'cancel', ids: id, form_key: formKey });
    const done = await fetch(`${url}/requests-deeds`, { method: 'POST', headers: { cookie }, body });
    expect(await done.text()).toContain('Somebody wanted it no more.');
    const status = await runCli(['status', id, '--database', `sqlite:${file}`]);
    expect(status.stdout).toBe('6\n');
    const open = await fetch(url, { headers: { accept: 'text/event-stream' } });
    const { exitCode } = await program.stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect(await open.text()).toContain('event: section');
  });

  it('does not listen where others can reach it', async () => {
    const nowhere = 'mariadb://nobody@127.0.0.1:1/nothing';
    const { exitCode, stderr } = await runCli(['dashboard', '--database', nowhere], {
      env: { DASHBOARD_BIND: '0.0.0.0:0', DB_PASSWORD: '' },
    });
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(
      /^ERROR bad_settings: DASHBOARD_BIND is 0\.0\.0\.0:0, .* no DASHBOARD_TOKEN is set\./,
    );
  });
});

it('a token that can be guessed is refused', async () => {
  const { exitCode, stderr } = await runCli(['config', 'check'], { env: { DASHBOARD_TOKEN: 'short' } });
  expect(exitCode).toBe(78);
  expect(stderr).toMatch(/DASHBOARD_TOKEN.*16 characters/);
  expect(stderr).not.toContain('short');
});
