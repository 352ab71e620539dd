import type { HostAndPort } from '../base/host-list.ts';
import { sslModeOf } from '../config/ssl-mode.ts';
import { toConnectError } from './connect-error.ts';
import { isLoginRefused, serverWords } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { readDriverError } from './driver-error.ts';
import { atHost, checkServes, hasSeveralHosts, openAnywhere, openBefore } from './hosts.ts';
import { type ConnectNeeds, type ConnectSettings, Line, type OpenConnection } from './line.ts';
import { sessionSetup } from './session.ts';
import { hidesReason, isTlsTrouble } from './tls-advice.ts';

export type { ConnectNeeds, ConnectSettings, OpenConnection } from './line.ts';

/**
 * A connection whose session is set up; no setting of the server reaches it. Of several hosts it leads to one that takes
 * writes; `first` is the one to begin with. Throws AiIpcError for what lies between us and the server's answer, TLS and the
 * login included, else the driver's error.
 */
export async function connectTo(
  settings: ConnectSettings,
  needs: ConnectNeeds,
  first?: HostAndPort,
): Promise<OpenConnection> {
  if (!hasSeveralHosts(settings)) return await connectToOne(settings, needs);
  return await openAnywhere(settings, connectToServing(settings, needs), first);
}

/** The same to a host that stands before this one in DB_HOST; undefined while none of them serves. */
export function connectBefore(
  settings: ConnectSettings,
  needs: ConnectNeeds,
  place: HostAndPort,
): Promise<OpenConnection | undefined> {
  return openBefore(settings, connectToServing(settings, needs), place);
}

/** To one of several hosts. Throws where it serves nobody who writes. */
export function connectToServing(settings: ConnectSettings, needs: ConnectNeeds) {
  return async (place: HostAndPort): Promise<OpenConnection> => {
    const own = atHost(settings, place);
    const opened = await connectToOne(own, needs);
    try {
      await checkServes(opened.connection, mariadbName(own));
      return opened;
    } catch (error) {
      opened.cut();
      throw error;
    }
  };
}

async function connectToOne(settings: ConnectSettings, needs: ConnectNeeds): Promise<OpenConnection> {
  const opened = await open(settings, needs);
  // A loss also fails the statement under way; without a listener it would end the process.
  opened.connection.on('error', () => undefined);
  try {
    for (const sql of sessionSetup(needs.session)) await opened.connection.query(sql);
    return opened;
  } catch (error) {
    opened.cut();
    throw error;
  }
}

async function open(settings: ConnectSettings, needs: ConnectNeeds): Promise<OpenConnection> {
  const line = new Line(settings, needs, { whyPlain: whyPlainAtFirst(settings) });
  try {
    return await line.open();
  } catch (error) {
    const second = secondTry(line, error, needs);
    if (second !== undefined)
      return await second.open().catch((again: unknown) => {
        throw toConnectError(again, second);
      });
    throw toConnectError(
      hidesReason(readDriverError(error)) ? await reasonBehind(error, settings, needs) : error,
      line,
    );
  }
}

/** A socket never leaves this machine, and servers count it as safe as TLS. */
function whyPlainAtFirst(settings: ConnectSettings): string | undefined {
  if (sslModeOf(settings) !== 'preferred') return undefined;
  return settings.socketPath === null ? undefined : 'a socket leads to this machine alone';
}

/** `preferred` gets in either way, where one of them is closed. */
function secondTry(line: Line, error: unknown, needs: ConnectNeeds): Line | undefined {
  const { settings, mode, hasTls, offersTls } = line;
  if (mode !== 'preferred') return undefined;
  if (hasTls && isTlsTrouble(readDriverError(error)))
    return new Line(settings, needs, {
      whyPlain: `TLS was tried, and failed: ${serverWords(error).replace(/\.$/, '')}`,
    });
  // An account may demand it everywhere.
  if (!hasTls && offersTls && isLoginRefused(error))
    return new Line(settings, needs, { whyPlain: undefined });
  return undefined;
}

/**
 * From a server that has to show by the password who it is, the driver takes no word of refusal. Asked once more without
 * that, it says it; only such ways to log in are allowed that show the password to nobody.
 */
async function reasonBehind(
  error: unknown,
  settings: ConnectSettings,
  needs: ConnectNeeds,
): Promise<unknown> {
  const line = new Line({ ...settings, ssl: 'required', sslCaFile: null }, needs, {
    whyPlain: undefined,
    keepsPasswordSecret: true,
  });
  try {
    (await line.open()).cut();
    return error;
  } catch (reason) {
    return reason;
  }
}
