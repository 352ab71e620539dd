import { connect as connectSocket, type Socket } from 'node:net';
import { type Connection, type ConnectionConfig, createConnection } from 'mariadb';
import type { HostAndPort } from '../base/host-list.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { type SslMode, sslModeOf } from '../config/ssl-mode.ts';
import { type CertificateCheck, type DriverSsl, driverSsl, type Encryption } from './encryption.ts';
import { type Greeting, readGreeting } from './greeting.ts';
import './heard-end.ts';
import type { SeenLine } from './seen-line.ts';
import type { SessionNeeds } from './session.ts';

/** Where to connect to, and as whom. */
export type ConnectSettings = Omit<MariadbSettings, 'minPoolSize' | 'maxPoolSize'>;

export interface OpenConnection {
  readonly connection: Connection;
  readonly encryption: Encryption;
  /** Of several hosts, the one that it leads to. */
  readonly place: HostAndPort;
  /** Of several hosts, why those tried before it do not serve; '' where it was the first. */
  readonly passedOver: string;
  /**
   * Closes the line at once, without a word. The driver's own destroy sends a KILL over a new connection: on a half-open
   * line it is never answered, and where the address leads to another server by now, it ends somebody else there.
   */
  readonly cut: () => void;
}

export interface ConnectNeeds {
  readonly session: SessionNeeds;
  /** Several statements in one packet. */
  readonly hasManyStatements: boolean;
  /** A socket on which nothing comes for so long is closed by the driver. 0: never. */
  readonly socketTimeoutMs: number;
  readonly keepAliveMs?: number;
  /** Whether ids above 2^53 may be inserted, which nobody is told. Default: they are an error. */
  readonly takesHugeIds?: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Those that answer a challenge. Others give the password away to whoever is at the other end. */
const SECRET_LOGINS = ['mysql_native_password', 'client_ed25519', 'parsec'];

export interface LineOptions {
  /** Why there shall be no TLS although the mode has it. */
  readonly whyPlain: string | undefined;
  readonly keepsPasswordSecret?: boolean;
}

/** What the driver reads, and its types lack. */
interface Untyped {
  readonly permitRedirect: boolean;
  readonly restrictedAuth?: string[];
}

/** The options of the driver, as far as they are changed while it connects. */
interface DriverOptions {
  socketPath?: string;
  ssl?: DriverSsl;
}

/** One try to connect, and what is seen on its way. */
export class Line implements SeenLine {
  readonly settings: ConnectSettings;
  readonly mode: SslMode;
  readonly #needs: ConnectNeeds;
  readonly #options: LineOptions;
  readonly #ssl: DriverSsl | undefined;
  readonly #certificate: CertificateCheck = { isPassed: false };
  #socket: Socket | undefined;
  #bytes = Buffer.alloc(0);
  #isConnected = false;
  #hasTls = false;
  #greeting: Greeting | undefined;

  /** Throws AiIpcError (bad_settings) where the file of authorities is of no use. */
  constructor(settings: ConnectSettings, needs: ConnectNeeds, options: LineOptions) {
    this.settings = settings;
    this.mode = sslModeOf(settings);
    this.#needs = needs;
    this.#options = options;
    this.#ssl = options.whyPlain === undefined ? driverSsl(settings, this.#certificate) : undefined;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get greeting(): Greeting | undefined {
    return this.#greeting;
  }

  get hasTls(): boolean {
    return this.#hasTls;
  }

  get offersTls(): boolean {
    return this.#greeting?.kind === 'server' && this.#greeting.offersTls;
  }

  get whyPlain(): string | undefined {
    return this.#options.whyPlain;
  }

  async open(): Promise<OpenConnection> {
    const line = this;
    const connection = await createConnection({
      ...this.#config(),
      stream: function (this: DriverOptions) {
        return line.#openSocket(this);
      },
    });
    const { host, port } = this.settings;
    return {
      connection,
      encryption: this.#encryption(),
      place: { host, port },
      passedOver: '',
      cut: () => this.#socket?.destroy(),
    };
  }

  #openSocket(driverOptions: DriverOptions): Socket {
    const { socketPath, host, port } = this.settings;
    // Without a path in its options the driver takes a socket of ours for the network, where MySQL's caching_sha2_password
    // hides the password, and a server that listens on a file refuses it (1045).
    if (socketPath !== null) driverOptions.socketPath = socketPath;
    const socket = connectSocket(socketPath === null ? { host, port } : { path: socketPath });
    this.#socket = socket.setNoDelay(true);
    socket.once('connect', () => {
      this.#isConnected = true;
    });
    this.#watchGreeting(socket, driverOptions);
    return socket;
  }

  /** Before the driver reads it: by then it has to know whether there is to be TLS. */
  #watchGreeting(socket: Socket, driverOptions: DriverOptions): void {
    const watch = (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#greeting = readGreeting(this.#bytes);
      if (this.#greeting === undefined) return;
      socket.off('data', watch);
      if (this.#greeting.kind === 'stranger') endForStranger(socket);
      this.#hasTls = this.#ssl !== undefined && this.offersTls;
      const isWanted = this.#hasTls || this.mode !== 'preferred';
      if (this.#ssl !== undefined && isWanted) driverOptions.ssl = this.#ssl;
    };
    socket.on('data', watch);
  }

  #encryption(): Encryption {
    const { mode } = this;
    if (!this.#hasTls) {
      const whyOff = this.#options.whyPlain ?? (mode === 'disabled' ? undefined : 'the server offers no TLS');
      return { mode, isOn: false, knownBy: 'nothing', ...(whyOff === undefined ? {} : { whyOff }) };
    }
    return { mode, isOn: true, knownBy: this.#knownBy() };
  }

  #knownBy(): Encryption['knownBy'] {
    if (this.#ssl?.rejectUnauthorized !== true) return 'nothing';
    if (!this.#certificate.isPassed) return 'password';
    return this.mode === 'verify-full' ? 'certificate and name' : 'certificate';
  }

  #config(): ConnectionConfig & Untyped {
    const { settings } = this;
    const needs = this.#needs;
    return {
      host: settings.host,
      port: settings.port,
      user: settings.user,
      password: settings.password,
      database: settings.database,
      ...(this.#options.keepsPasswordSecret ? { restrictedAuth: SECRET_LOGINS } : {}),
      // Every socket of ours leads to where the settings say.
      permitRedirect: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: needs.socketTimeoutMs,
      ...(needs.keepAliveMs === undefined ? {} : { keepAliveDelay: needs.keepAliveMs }),
      // MySQL 8 without TLS asks for its public key; MariaDB ignores this.
      allowPublicKeyRetrieval: true,
      // Numbers, and an error instead of a rounded id above 2^53.
      bigIntAsNumber: true,
      insertIdAsNumber: !needs.takesHugeIds,
      decimalAsNumber: true,
      checkNumberRange: true,
      // A transaction's writes travel with its COMMIT. Values are bound all the same, each escaped by the driver.
      multipleStatements: needs.hasManyStatements,
      // Values are what players said: they stay out of error messages.
      logParam: false,
    };
  }
}

/**
 * The driver would wait for the rest of a packet that never comes. Or it fails of what it reads, closes the socket, and takes
 * every listener off it: an error after that would end the process.
 */
function endForStranger(socket: Socket): void {
  setImmediate(() => {
    if (!socket.destroyed) socket.destroy(new Error('This is no server of MariaDB or MySQL.'));
  });
}
