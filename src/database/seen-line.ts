import type { MariadbSettings } from '../config/settings.ts';
import type { SslMode } from '../config/ssl-mode.ts';
import type { Greeting } from './greeting.ts';

/** What was seen of a connection that did not come about, or of one whose login was refused. */
export interface SeenLine {
  readonly settings: Omit<MariadbSettings, 'minPoolSize' | 'maxPoolSize'>;
  readonly mode: SslMode;
  /** Whether anybody took the connection. */
  readonly isConnected: boolean;
  readonly greeting: Greeting | undefined;
  readonly offersTls: boolean;
  readonly hasTls: boolean;
  /** Why there was no TLS although the mode has it. */
  readonly whyPlain: string | undefined;
}
