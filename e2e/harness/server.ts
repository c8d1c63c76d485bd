import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { server as program } from './binaries';
import { must, run, type Ended } from './program';

/** A real `handcarry serve` on its own port and in its own directory. */
export class Server {
  readonly directory: string;
  readonly port: number;
  #process: ChildProcess | undefined;

  private constructor(directory: string, port: number) {
    this.directory = directory;
    this.port = port;
  }

  /** A server with nothing in it, not yet started. */
  static async create(): Promise<Server> {
    return new Server(await mkdtemp(join(tmpdir(), 'handcarry-e2e-')), await freePort());
  }

  get data(): string {
    return join(this.directory, 'data');
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Runs a command of the vendor's on this server's store. */
  command(...args: string[]): Promise<string> {
    return must(program(), ['--data', this.data, ...args]);
  }

  /** The same, when it may fail. */
  attempt(...args: string[]): Promise<Ended> {
    return run(program(), ['--data', this.data, ...args]);
  }

  /** Starts to serve, and waits until it does. */
  async start(): Promise<void> {
    const log = createWriteStream(join(this.directory, 'server.log'), { flags: 'a' });
    const child = spawn(program(), ['--data', this.data, 'serve', '--listen', `127.0.0.1:${this.port}`]);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    for (let tries = 0; tries < 400; tries += 1) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}; see ${this.directory}/server.log`);
      if (await this.ready()) return;
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error('the server does not get ready');
  }

  async ready(): Promise<boolean> {
    return fetch(`${this.origin}/readyz`).then((answer) => answer.ok, () => false);
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it for good, with its data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('no port'))));
    });
  });
}
