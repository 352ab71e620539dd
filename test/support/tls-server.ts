import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMysqlChosen } from './chosen-server.ts';
import { type MariadbAddress, MariadbServer } from './mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const CERTIFICATES = fileURLToPath(new URL('./tls/', import.meta.url));

/** One of the files in test/support/tls. */
export function certificateFile(name: string): string {
  return join(CERTIFICATES, `${name}.pem`);
}

/** A server that shows a certificate of test/support/tls, and another one when it is told to. */
export class TlsServer {
  /** It runs as another user, who may not be able to look into this checkout. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'ai-ipc-tls-'));
  readonly #server: MariadbServer;
  #database: TestDatabase | undefined;

  constructor(extraArgs: readonly string[] = []) {
    chmodSync(this.#folder, 0o755);
    this.#put('ca.pem', 'ca');
    this.#put('key.pem', 'server-key');
    this.#put('cert.pem', 'server-cert');
    const path = (name: string) => join(this.#folder, name);
    this.#server = new MariadbServer({
      extraArgs: [
        `--ssl-ca=${path('ca.pem')}`,
        `--ssl-cert=${path('cert.pem')}`,
        `--ssl-key=${path('key.pem')}`,
        ...extraArgs,
      ],
    });
  }

  get address(): MariadbAddress {
    return this.#server.address;
  }

  get pid(): number | undefined {
    return this.#server.pid;
  }

  async start(): Promise<TestDatabase> {
    this.#database = await createTestDatabase(await this.#server.start());
    return this.#database;
  }

  /** From the next connection on. */
  async show(certificate: string): Promise<void> {
    this.#put('cert.pem', certificate);
    if (!isMysqlChosen()) await this.#database?.query('FLUSH SSL');
    // MySQL starts with an expired one, and refuses to take it while it runs (3888).
    else if (certificate === 'expired-cert') await this.#server.restart();
    else await this.#database?.query('ALTER INSTANCE RELOAD TLS');
  }

  async remove(): Promise<void> {
    await this.#server.remove();
    rmSync(this.#folder, { recursive: true });
  }

  #put(name: string, certificate: string): void {
    copyFileSync(certificateFile(certificate), join(this.#folder, name));
    chmodSync(join(this.#folder, name), 0o644);
  }
}
