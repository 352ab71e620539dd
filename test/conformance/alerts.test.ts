import { expect, it } from 'vitest';
import { lookAtAlerts } from '../../src/store/look-at-queue.ts';
import { mariadbFactStatements, sqliteFactStatements } from '../../src/store/queue-fact-statements.ts';
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

  it('sees how the last ones ended, and why most of those that did not come through', async () => {
    const sql = sqlOf(backend());
    const ago = (seconds: number) => backend().ago(seconds);
    const ends = [
      `status = 'completed'`,
      `status = 'failed', error_code = 'bad_request'`,
      `status = 'failed', error_code = 'attempt_timeout'`,
      `status = 'timeout', error_code = 'attempt_timeout', attempts = 2`,
      `status = 'timeout', error_code = '', attempts = 0`,
      `status = 'timeout', error_code = NULL, attempts = 0, expires_at = ${ago(2 * HOUR)}`,
      `status = 'cancelled', error_code = 'cancelled'`,
      `status = 'failed', error_code = 'bad_request', created_at = ${ago(1_000)}`,
      `status = 'processing'`,
    ];
    for (const end of ends)
      await sql(`UPDATE ai_requests SET ${end} WHERE id = ${await insertOne(backend())}`);
    expect(await lookAtAlerts(sql, statementsOf(backend()))).toMatchObject({
      processing: { seen: 1 },
      recent: {
        seen: { ended: 6, failed: 2, timeout: 3, neverTried: 2, bornOver: 1, errorCode: 'attempt_timeout' },
      },
    });
  });

  it('of the newest 200 alone', async () => {
    const [oldest] = await insertClaimed(backend(), 1);
    await backend().sql(`UPDATE ai_requests SET status = 'failed' WHERE id = ${oldest!.id}`);
    for (let made = 0; made < 200; made++) await insertOne(backend());
    expect(await backend().store.alerts.look()).toMatchObject({
      pending: 200,
      recent: { ended: 0, failed: 0 },
    });
  });

  it('what of one table cannot be seen hides nothing of another', async () => {
    const sql = sqlOf(backend());
    const without = (table: string) => async (statement: string) => {
      if (statement.includes(table)) throw new Error('It is not to be seen.');
      return await sql(statement);
    };
    const unseen = { unseen: 'It is not to be seen.', isDenied: false };
    expect(await lookAtAlerts(without('ai_requests'), statementsOf(backend()))).toEqual({
      ...{ pending: unseen, processing: unseen, recent: unseen },
      ...{ workers: { seen: [] }, dailyTokens: { seen: 0 } },
    });
    expect(await lookAtAlerts(without('ai_npc_budget'), statementsOf(backend()))).toMatchObject({
      ...{ dailyTokens: unseen, pending: { seen: { pending: 0 } } },
    });
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

const statementsOf = ({ kind }: Backend) =>
  kind === 'mariadb' ? mariadbFactStatements : sqliteFactStatements;
const sqlOf = (backend: Backend) => backend.sql.bind(backend);

/** As if it had been told so many seconds ago. */
async function tellAgo(backend: Backend, alert: string, seconds: number): Promise<void> {
  const now = backend.kind === 'mariadb' ? 'UNIX_TIMESTAMP()' : 'unixepoch()';
  const [row] = await backend.sql(`SELECT CAST(${now} AS CHAR(20)) AS now`);
  await backend.sql(
    `UPDATE ai_ipc_meta SET value = 'raised ${Number(row!['now']) - seconds}' WHERE name = 'alert.${alert}'`,
  );
}
