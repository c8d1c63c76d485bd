import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { device as program } from './binaries';
import { must, run, type Ended } from './program';

/** What a machine is made of, for its fingerprint. */
export type Machine = string;

/** A machine that is no other. */
export function machine(): Machine {
  const serial = () => randomBytes(8).toString('hex');
  return `hardware board 40 ${serial()}\nhardware disks 30 ${serial()}\nsystem machine-id 20 ${serial()}\n`;
}

/** A real `handcarry-device`: keys and state in a directory of its own, a fingerprint of its own. */
export class Device {
  readonly home: string;
  readonly name: string;
  readonly #vendorFile: string;
  #files = 0;

  private constructor(home: string, vendorFile: string, name: string) {
    this.home = home;
    this.#vendorFile = vendorFile;
    this.name = name;
  }

  static async create(home: string, vendorFile: string, name: string, made: Machine = machine()): Promise<Device> {
    await writeFile(join(home, 'fingerprint'), made);
    return new Device(join(home, 'state'), vendorFile, name);
  }

  /** Asks for a license; the file to carry. */
  request(licenseKey: string): Promise<Buffer> {
    return this.#file('request', '--license-key', licenseKey, '--name', this.name);
  }

  /** Asks for a license of a user's own; the file to carry. */
  requestAs(user: string): Promise<Buffer> {
    return this.#file('request', '--user', user, '--name', this.name);
  }

  /** Loads a license, a refresh or a receipt; what the device says to it. */
  async load(file: Buffer): Promise<string> {
    const path = this.#path();
    await writeFile(path, file);
    return this.#must('load', path);
  }

  /** The same, when it may refuse. */
  async tryLoad(file: Buffer): Promise<Ended> {
    const path = this.#path();
    await writeFile(path, file);
    return run(program(), this.#args('load', path));
  }

  consume(feature: string, amount: number): Promise<string> {
    return this.#must('consume', feature, String(amount));
  }

  set(name: string, value: string): Promise<string> {
    return this.#must('set', name, value);
  }

  /** Whether a feature may be used. */
  async check(feature: string): Promise<boolean> {
    return (await run(program(), this.#args('check', feature))).code === 0;
  }

  /** Reports usage; the file to carry. */
  report(): Promise<Buffer> {
    return this.#file('report');
  }

  /** Destroys the license; the proof to carry. */
  deactivate(): Promise<Buffer> {
    return this.#file('deactivate');
  }

  /** What the device knows of itself. */
  async status(): Promise<Status> {
    return JSON.parse(await this.#must('status', '--json')) as Status;
  }

  /** What the device says to a file. */
  async inspect(file: Buffer): Promise<Inspection> {
    const path = this.#path();
    await writeFile(path, file);
    const { stdout } = await run(program(), this.#args('inspect', '--json', path));
    return JSON.parse(stdout) as Inspection;
  }

  #must(...args: string[]): Promise<string> {
    return must(program(), this.#args(...args));
  }

  #args(...args: string[]): string[] {
    const fingerprint = join(this.home, '..', 'fingerprint');
    return ['--home', this.home, '--vendor', this.#vendorFile, '--fingerprint-file', fingerprint, ...args];
  }

  async #file(...args: string[]): Promise<Buffer> {
    const path = this.#path();
    await this.#must(...args, '-o', path);
    return readFile(path);
  }

  #path(): string {
    this.#files += 1;
    return join(this.home, '..', `file-${this.#files}.txt`);
  }
}

/** What `inspect --json` says, at the vendor's command line and on the device. */
export interface Inspection {
  kind: string | null;
  /** `accepted`, or the code of why not. */
  verdict: string;
  checks: { check: string; state: string }[];
}

/** `status --json`, as far as journeys look at it. */
export interface Status {
  licensed: boolean;
  code: string;
  generation: number | null;
  features: { id: string; used: number | null; most: number | null }[];
  booked_report: number | null;
  unbooked_uses: number;
  returned: { confirmed: boolean } | null;
}
