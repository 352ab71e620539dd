import { expect, it } from 'vitest';
import { insertClaimed, insertOne, OTHER_WORKER, WORKER } from './arrange.ts';
import { type Backend, describeStore } from './backends.ts';

const SIGN = { host: 'host-a', pid: 100, version: '1', inFlight: 0, doorbell: null, timeoutSeconds: 30 };
const HOUR = 3_600;

describeStore('look for alerts', (backend) => {
  it('an empty queue has nothing that waits, and nobody who serves', async () => {
    expect(await backend().store.alerts.look()).toMatchObject({
      pending: 0,
      processing: 0,
      oldestPendingSeconds: 0,
      recent: { ended: 0, failed: 0 },
      workers: 0,
      dailyTokens: 0,
    });
  });

  it('sees what waits and for how long, what failed, and who lives', async () => {
    const { store } = backend();
    const sql = sqlOf(backend());
    const ago = (seconds: number) => backend().ago(seconds);
    const [failed] = await insertClaimed(backend(), 1);
    await sql(`UPDATE ai_requests SET status = 'failed' WHERE id = ${failed!.id}`);
    const old = await insertOne(backend());
    await sql(`UPDATE ai_requests SET created_at = ${ago(20)} WHERE id = ${old}`);
    await insertOne(backend());
    await store.heartbeat({ ...SIGN, id: WORKER });
    await store.heartbeat({ ...SIGN, id: OTHER_WORKER });
    await sql(`UPDATE ai_workers SET heartbeat_at = ${ago(11)} WHERE id = '${OTHER_WORKER}'`);

    const facts = await store.alerts.look();

    expect(facts).toMatchObject({ pending: 2, processing: 0, recent: { ended: 1, failed: 1 }, workers: 1 });
    expect(facts.oldestPendingSeconds).toBeGreaterThanOrEqual(20);
    expect(facts.oldestPendingSeconds).toBeLessThan(20 + HOUR);
  });

  it('counts the tokens of all players of today, and no other day’s', async () => {
    const today = backend().kind === 'mariadb' ? 'UTC_DATE()' : "date('now')";
    const before = backend().kind === 'mariadb' ? 'UTC_DATE() - INTERVAL 1 DAY' : "date('now', '-1 day')";
    await backend().sql(
      `INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES ('a', ${today}, 5), ('b', ${today}, 7), ('c', ${before}, 9)`,
    );
    expect(await backend().store.alerts.look()).toMatchObject({ dailyTokens: 12 });
  });
});

describeStore('the notice of an alert', (backend) => {
  it('that it holds is for one of all who ask at once', async () => {
    const others = await Promise.all([backend().open(), backend().open()]);
    const claims = [backend().store, ...others].flatMap(({ alerts }) =>
      [1, 2, 3].map(() => alerts.claimNotice('at_once', 'raised')),
    );
    expect((await Promise.all(claims)).filter((notice) => notice !== undefined)).toHaveLength(1);
  });

  it('is told again an hour later, and not before', async () => {
    const { alerts } = backend().store;
    expect(await alerts.claimNotice('hourly', 'raised')).toBeDefined();
    await tellAgo(backend(), 'hourly', HOUR - 60);
    expect(await alerts.claimNotice('hourly', 'raised')).toBeUndefined();
    await tellAgo(backend(), 'hourly', HOUR);
    expect(await alerts.claimNotice('hourly', 'raised')).toBeDefined();
  });

  it('that it is over comes once, and only after it was told that it holds', async () => {
    const { alerts } = backend().store;
    expect(await alerts.claimNotice('over', 'cleared')).toBeUndefined();
    await alerts.claimNotice('over', 'raised');
    expect(await alerts.claimNotice('over', 'cleared')).toBeDefined();
    expect(await alerts.claimNotice('over', 'cleared')).toBeUndefined();
  });

  it('one that comes and goes is told once an hour all the same', async () => {
    const { alerts } = backend().store;
    await alerts.claimNotice('flapping', 'raised');
    await alerts.claimNotice('flapping', 'cleared');
    expect(await alerts.claimNotice('flapping', 'raised')).toBeUndefined();
    expect(await alerts.claimNotice('flapping', 'cleared')).toBeUndefined();
  });

  it('that could not be told is given back, to whoever asks next', async () => {
    const { alerts } = backend().store;
    await (await alerts.claimNotice('unsent', 'raised'))!.giveBack();
    const again = await alerts.claimNotice('unsent', 'raised');
    expect(again).toBeDefined();
    const over = await alerts.claimNotice('unsent', 'cleared');
    await over!.giveBack();
    expect(await alerts.claimNotice('unsent', 'cleared')).toBeDefined();
  });

  it('what somebody wrote there by hand counts as nothing told', async () => {
    await backend().sql(`INSERT INTO ai_ipc_meta (name, value) VALUES ('alert.by_hand', 'off')`);
    expect(await backend().store.alerts.claimNotice('by_hand', 'raised')).toBeDefined();
  });
});

const sqlOf = (backend: Backend) => backend.sql.bind(backend);

/** As if it had been told so many seconds ago. */
async function tellAgo(backend: Backend, alert: string, seconds: number): Promise<void> {
  const now = backend.kind === 'mariadb' ? 'UNIX_TIMESTAMP()' : 'unixepoch()';
  const [row] = await backend.sql(`SELECT CAST(${now} AS CHAR(20)) AS now`);
  await backend.sql(
    `UPDATE ai_ipc_meta SET value = 'raised ${Number(row!['now']) - seconds}' WHERE name = 'alert.${alert}'`,
  );
}
