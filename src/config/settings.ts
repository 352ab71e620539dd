import type { HostAndPort } from '../base/host-list.ts';
import type { ProxySettings } from '../base/proxy-settings.ts';
import type { ALERT } from './alert-schema.ts';
import type { MARIADB, SQLITE, WORKER } from './schema.ts';
import type { MODEL_SERVER, NAMED_MODEL, SERVICE } from './service-schema.ts';
import type { ValuesOf } from './setting.ts';
import type { SslMode } from './ssl-mode.ts';

/** Whatever calls an address outside; left out for no proxy. */
interface Proxied {
  readonly proxies?: ProxySettings;
}

/** The settings of the worker; each is described in docs/settings.md. */
export type WorkerSettings = ValuesOf<typeof WORKER> & Proxied;

/** When an admin is told, and where. */
export type AlertSettings = ValuesOf<typeof ALERT> & Proxied;

type ModelServer = ValuesOf<typeof MODEL_SERVER>;

/** A model server and its model: neither is of use without the other. */
export type ModelServerSettings = Omit<ModelServer, 'url' | 'model'> &
  Proxied & {
    readonly url: string;
    readonly model: string;
  };

/** One of the further model servers. */
export type NamedModelSettings = ModelServerSettings & Pick<ValuesOf<typeof NAMED_MODEL>, 'timeoutSeconds'>;

/** The settings of `ai-ipc service`; each is described in docs/settings.md. */
export type ServiceSettings = ValuesOf<typeof SERVICE> & {
  /** null for the offline brain alone. */
  readonly modelServer: ModelServerSettings | null;
  /** Further ones, by their names. */
  readonly models: Readonly<Record<string, NamedModelSettings>>;
};

/** The settings of MariaDB, as a connection needs them. */
export type MariadbSettings = Omit<ValuesOf<typeof MARIADB>, 'ssl'> & {
  /** Default: verify-full with a file of authorities, else preferred. */
  readonly ssl?: SslMode;
  /** A Unix socket or a Windows pipe, to be used in place of host and port. */
  readonly socketPath: string | null;
  /** Those that stand in for `host` and `port` while these do not serve, in this order. Default: none. */
  readonly otherHosts?: readonly HostAndPort[];
};

/** The database that was chosen. */
export type DatabaseSettings =
  | ({ readonly kind: 'mariadb' } & MariadbSettings)
  | ({ readonly kind: 'sqlite' } & ValuesOf<typeof SQLITE>);

export interface Settings {
  readonly worker: WorkerSettings;
  readonly service: ServiceSettings;
  readonly alerts: AlertSettings;
  readonly database: DatabaseSettings;
}
