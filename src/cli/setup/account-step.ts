import { AiIpcError } from '../../base/errors.ts';
import type { MariadbSettings } from '../../config/load.ts';
import { findOwnMissing, provide } from '../../store/accounts.ts';
import type { Grant } from '../../store/grants.ts';
import { isOnThisMachine } from '../../store/this-machine.ts';
import { serverAdvice } from './checks.ts';
import type { Step } from './step.ts';

export interface AccountNeeds {
  readonly database: MariadbSettings;
  readonly grants: readonly Grant[];
  /** How to come to the server as its administrator. Only asked where something is missing. */
  readonly askAdmin: AdminQuestion;
}

interface AdminQuestion {
  settings(): MariadbSettings;
  /** After the server refused him: with a password; undefined where nobody can be asked. */
  again(user: string): Promise<MariadbSettings | undefined>;
}

/** What says that the user has to be made, or be given rights: refused, or no such database. */
const MENDED_BY_ADMIN = ['database_denied', 'database_unknown'];

/** The database, its user, and the user's rights. */
export function accountStep({ database, grants, askAdmin }: AccountNeeds): Step {
  const { user, database: name } = database;
  return {
    name: `the database ${name} and its user ${user}, with the rights of deploy/grants.sql`,
    byHand: [
      `CREATE DATABASE IF NOT EXISTS \`${name}\`; CREATE USER IF NOT EXISTS '${user}'…; what deploy/grants.sql gives ai_ipc_migrate`,
    ],
    async isDone() {
      return (await findTrouble(database, grants)) === undefined;
    },
    async work(onWork) {
      const wish = { user, password: database.password, database: name, grants };
      await asAdmin(askAdmin, (admin) =>
        provide(admin, { ...wish, comesBySocket: database.socketPath !== null }, onWork),
      );
      const trouble = await findTrouble(database, grants);
      if (trouble !== undefined) throw new AiIpcError('database_denied', `${trouble} ${OTHER_PASSWORD}`);
    },
  };
}

/** `sudo mariadb` asks for no password where the server knows root by the socket, and does where somebody set one. */
async function asAdmin(
  askAdmin: AdminQuestion,
  work: (admin: MariadbSettings) => Promise<void>,
): Promise<void> {
  const admin = askAdmin.settings();
  try {
    await work(admin);
  } catch (error) {
    if (!(error instanceof AiIpcError) || error.code !== 'database_denied') throw error;
    const second = await askAdmin.again(admin.user);
    if (second === undefined)
      throw new AiIpcError(error.code, `${error.message} ${ADMIN_PASSWORD}`, { cause: error });
    await work(second);
  }
}

const ADMIN_PASSWORD =
  'Setup came as the administrator of the database: where he has a password, put it into a file, and ' +
  'DB_ADMIN_PASSWORD_FILE=… in front of the command (sudo DB_ADMIN_PASSWORD_FILE=… ai-ipc setup); where he is not root, ' +
  'name him with --db-admin.';
const OTHER_PASSWORD =
  'Where this user was there before, he has another password: give it (DB_PASSWORD=… in front of the command), or name ' +
  'another user (--db-user).';

/** Why the user cannot do what he has to; undefined where he can. Throws where the server cannot be reached. */
async function findTrouble(database: MariadbSettings, grants: readonly Grant[]): Promise<string | undefined> {
  try {
    const missing = await findOwnMissing(database, grants);
    if (missing.length === 0) return undefined;
    return `The user ${database.user} has not all rights: ${missing.map(({ table }) => table).join(', ')}.`;
  } catch (error) {
    if (error instanceof AiIpcError && MENDED_BY_ADMIN.includes(error.code)) return error.message;
    if (error instanceof AiIpcError && error.code === 'database_unavailable' && isOnThisMachine(database))
      throw new AiIpcError(error.code, `${error.message} ${serverAdvice()}.`, { cause: error });
    throw error;
  }
}
