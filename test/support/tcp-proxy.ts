import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { MysqlPackets, queryOf, saysMoreFollows, withoutTls } from './mysql-packets.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A statement that a client sent to MariaDB, and when (performance.now()). */
export interface SeenStatement {
  readonly sql: string;
  readonly atMs: number;
  /** Whether the server has begun its answer: what it read, it has read. */
  isAnswered: boolean;
}

/** What is to happen to the line whose client sends a certain statement, when its answer has come. */
interface Trap {
  readonly isMeant: (sql: string) => boolean;
  readonly onAnswer: (line: Line) => void;
}

/** Stands between a client and a server, and does to the line what networks do. */
export class TcpProxy {
  #target: Target;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  readonly #keepsStatements: boolean;
  readonly statements: SeenStatement[] = [];
  #isStalled = false;
  #trap: Trap | undefined;
  #delayMs = 0;
  #isToBreak: () => boolean = () => false;

  private constructor(target: Target, keepsStatements: boolean) {
    this.#target = target;
    this.#keepsStatements = keepsStatements;
    this.#server = createServer((client) => this.#serve(client));
  }

  /** Listens on a free loopback port. Where it runs for an hour, it should not keep the statements. */
  static async start(target: Target, { keepsStatements = true } = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, keepsStatements);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get host(): string {
    return '127.0.0.1';
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Half-opens every line, and those to come: neither end hears anything any more, not even that the other one closes. */
  stall(): void {
    this.#isStalled = true;
    for (const line of this.#lines) line.stall();
  }

  /** New lines work again. The half-open ones stay what they are: bytes of theirs are lost. */
  resume(): void {
    this.#isStalled = false;
  }

  /** Closes the half-open lines at both ends, as when the network is back and one of them is heard again. */
  closeStalled(): void {
    for (const line of this.#lines) if (line.isStalled) line.destroy();
  }

  /** From now on all that goes over any line arrives so much later. */
  delayBy(ms: number): void {
    this.#delayMs = ms;
  }

  /** From now on a line whose server answers is asked: true cuts it with half of that answer sent. */
  breakAnswers(isToBreak: () => boolean): void {
    this.#isToBreak = isToBreak;
  }

  /** What was to be done once, and has not been, is not done any more. */
  forgetTrap(): void {
    this.#trap = undefined;
  }

  /** New lines lead there, as after a failover. Those that there are stay where they lead. */
  turnTo(target: Target): void {
    this.#target = target;
  }

  /** Once: lets the next statement that is meant reach MariaDB, swallows its answer and cuts that line. */
  cutAfter(isMeant: (sql: string) => boolean): Promise<void> {
    return this.#setTrap(isMeant, (line) => line.destroy());
  }

  /**
   * Once: lets the next packet with COMMIT in it that is meant reach MariaDB, waits until the server has executed it all,
   * swallows its OK and cuts that line. The promise resolves when it is cut.
   */
  cutAfterCommit(isMeant: (sql: string) => boolean): Promise<void> {
    return this.#setTrap(
      (sql) => sql.includes('COMMIT') && isMeant(sql),
      (line) => line.destroy(),
    );
  }

  /**
   * Once: lets the next statement that is meant reach MariaDB, swallows its answer and half-opens every line, as when the
   * worker's machine loses its network: the server keeps the transaction open.
   */
  stallAfter(isMeant: (sql: string) => boolean): Promise<void> {
    return this.#setTrap(isMeant, () => this.stall());
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const line of this.#lines) line.destroy();
    await closed;
  }

  #setTrap(isMeant: Trap['isMeant'], act: (line: Line) => void): Promise<void> {
    return new Promise((resolve) => {
      const onAnswer = (line: Line) => {
        act(line);
        resolve();
      };
      this.#trap = { isMeant, onAnswer };
    });
  }

  #serve(client: Socket): void {
    const line = new Line(client, connect(this.#target.port, this.#target.host), {
      see: (statement) => this.#see(statement),
      isToBreak: () => this.#isToBreak(),
      delayMs: () => this.#delayMs,
      onClosed: () => this.#lines.delete(line),
    });
    if (this.#isStalled) line.stall();
    this.#lines.add(line);
  }

  /** What is to be done once the answer to this statement has come; undefined: pass it on. */
  #see(statement: SeenStatement): Trap['onAnswer'] | undefined {
    if (this.#keepsStatements) this.statements.push(statement);
    const trap = this.#trap;
    if (!trap?.isMeant(statement.sql)) return undefined;
    this.#trap = undefined;
    return trap.onAnswer;
  }
}

interface LineOptions {
  readonly see: (statement: SeenStatement) => Trap['onAnswer'] | undefined;
  readonly isToBreak: () => boolean;
  readonly delayMs: () => number;
  readonly onClosed: () => void;
}

/** One client's way to the server and back. */
class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #sent = new MysqlPackets();
  readonly #answered = new MysqlPackets();
  readonly #options: LineOptions;
  /** What is on its way to a socket, the last of it. */
  readonly #sending = new Map<Socket, Promise<void>>();
  #isStalled = false;
  #asked: SeenStatement | undefined;
  #onAnswer: Trap['onAnswer'] | undefined;

  constructor(client: Socket, server: Socket, options: LineOptions) {
    this.#client = client;
    this.#server = server;
    this.#options = options;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // The other end may be gone already: closing it too is all there is to do.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        if (!this.#isStalled) this.destroy();
        if (client.destroyed && server.destroyed) options.onClosed();
      });
    }
    client.on('data', (data) => {
      if (this.#isStalled) return;
      for (const packet of this.#sent.read(data)) {
        const sql = queryOf(packet);
        if (sql !== undefined) this.#see(sql);
      }
      this.#send(server, data);
    });
    // Its statements could not be seen with TLS, which a client takes where a server offers it.
    server.once('data', (first) => {
      if (!this.#isStalled) this.#send(client, withoutTls(first));
      server.on('data', (data) => this.#passBack(data));
    });
  }

  #see(sql: string): void {
    this.#asked = { sql, atMs: performance.now(), isAnswered: false };
    this.#onAnswer = this.#options.see(this.#asked);
  }

  #passBack(data: Buffer): void {
    if (this.#isStalled) return;
    if (this.#asked !== undefined) this.#asked.isAnswered = true;
    if (this.#onAnswer !== undefined) this.#swallow(data, this.#onAnswer);
    else if (this.#options.isToBreak()) this.#break(data);
    else this.#send(this.#client, data);
  }

  get isStalled(): boolean {
    return this.#isStalled;
  }

  stall(): void {
    this.#isStalled = true;
  }

  /** In order, whatever the delay was before. */
  #send(socket: Socket, data: Buffer): void {
    const delayMs = this.#options.delayMs();
    const before = this.#sending.get(socket);
    if (before === undefined && delayMs === 0) {
      socket.write(data);
      return;
    }
    const sent: Promise<void> = Promise.all([before, delay(delayMs)]).then(() => {
      socket.write(data);
      if (this.#sending.get(socket) === sent) this.#sending.delete(socket);
    });
    this.#sending.set(socket, sent);
  }

  #break(data: Buffer): void {
    this.#server.pause();
    this.#client.write(data.subarray(0, Math.floor(data.length / 2)), () => this.destroy());
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #swallow(data: Buffer, onAnswer: Trap['onAnswer']): void {
    const isLast = this.#answered.read(data).some((packet) => !saysMoreFollows(packet));
    if (isLast) onAnswer(this);
  }
}
