import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digest, read, type Content } from './armor';
import { Device, type Inspection, type Machine } from './device';
import type { Server } from './server';

/** A vendor whose portal runs on a server: a tenant with one product. */
export class Vendor {
  readonly server: Server;
  readonly slug: string;
  readonly name: string;
  readonly product: { id: string; name: string };
  #named: { id: string; name: string } | undefined;
  #devices = 0;

  private constructor(server: Server, slug: string, name: string) {
    this.server = server;
    this.slug = slug;
    this.name = name;
    this.product = { id: `${slug}-cad-pro`, name: 'CAD Pro' };
  }

  /** A vendor that is set up already. */
  static async of(server: Server, slug: string, name: string): Promise<Vendor> {
    const vendor = new Vendor(server, slug, name);
    const { vendor: named } = JSON.parse(await readFile(vendor.file, 'utf8')) as { vendor: { id: string; name: string } };
    vendor.#named = named;
    return vendor;
  }

  /** Sets a vendor up, with the commands that a vendor uses. */
  static async create(server: Server, slug: string, name: string, ...more: string[]): Promise<Vendor> {
    const vendor = new Vendor(server, slug, name);
    const portal = `${server.origin}/t/${slug}/`;
    await server.command('tenant', 'create', '--slug', slug, '--name', name, '--portal', portal, ...more);
    const { id, name: product } = vendor.product;
    await server.command('product', 'create', '--tenant', slug, '--id', id, '--name', product);
    await server.command('vendor-file', '--tenant', slug, '-o', vendor.file);
    return Vendor.of(server, slug, name);
  }

  /** The vendor as documents name it. */
  get named(): { id: string; name: string } {
    if (!this.#named) throw new Error('this vendor is not set up');
    return this.#named;
  }

  /** The file that ships with the vendor's application. */
  get file(): string {
    return join(this.server.directory, `${this.slug}-vendor.json`);
  }

  /** The portal's address under a path. */
  get base(): string {
    return `${this.server.origin}/t/${this.slug}/`;
  }

  /** Sells a license; its key. */
  async license(seats: number, ...more: string[]): Promise<string> {
    const of = ['--tenant', this.slug, '--product', this.product.id, '--seats', String(seats)];
    const said = await this.server.command('license', 'create', ...of, ...more);
    const key = /\b[0-9A-Z]{4}(-[0-9A-Z]{4}){4}\b/.exec(said)?.[0];
    if (!key) throw new Error(`no license key in: ${said}`);
    return key;
  }

  /** Changes what a license allows. */
  async update(licenseKey: string, ...what: string[]): Promise<void> {
    await this.server.command('license', 'update', '--tenant', this.slug, licenseKey, ...what);
  }

  /** A new machine with the vendor's application on it. */
  async device(name: string, machine?: Machine): Promise<Device> {
    this.#devices += 1;
    const home = join(this.server.directory, 'devices', `${this.slug}-${this.#devices}`);
    await mkdir(home, { recursive: true });
    return Device.create(home, this.file, name, machine);
  }

  /** Sends a file as another program would, without a browser. */
  async post(file: Buffer): Promise<{ status: number; body: Content; text: string; first: string | null }> {
    const answer = await fetch(`${this.base}api/v1/documents`, { method: 'POST', body: new Uint8Array(file) });
    const text = await answer.text();
    return { status: answer.status, body: JSON.parse(text) as Content, text, first: answer.headers.get('handcarry-first-processed') };
  }

  /** What the portal has stored as its answer to a file. */
  async stored(file: Buffer): Promise<{ license: Buffer | undefined; receipt: Buffer | undefined; text: string }> {
    const name = digest(read(file).payload).replace(':', '-');
    const answer = await fetch(`${this.base}api/v1/documents/${name}`);
    if (!answer.ok) throw new Error(`the portal has no answer to ${name}: ${answer.status}`);
    const text = await answer.text();
    return { ...files(JSON.parse(text) as Content), text };
  }

  /** A device that has its license; for journeys that begin later. */
  async activated(name: string, licenseKey: string): Promise<Device> {
    const device = await this.device(name);
    const request = await device.request(licenseKey);
    const { status, body, text } = await this.post(request);
    if (status !== 201) throw new Error(`the activation of ${name} failed: ${text}`);
    await device.load(files(body).license!);
    return device;
  }

  /** What the command line says to a file: the same checks that the page shows. */
  async inspect(file: Buffer, name = 'inspected.txt'): Promise<Inspection> {
    const path = join(this.server.directory, name);
    await writeFile(path, file);
    const ended = await this.server.attempt('inspect', '--json', '--tenant', this.slug, path);
    if (!ended.stdout.trim()) throw new Error(`inspect said nothing: ${ended.stderr}`);
    return JSON.parse(ended.stdout) as Inspection;
  }
}

/** The files in an answer. */
export function files(answer: Content): { license: Buffer | undefined; receipt: Buffer | undefined } {
  const text = (name: string) => (answer[name] as { text?: string } | undefined)?.text;
  const bytes = (name: string) => (text(name) === undefined ? undefined : Buffer.from(text(name)!));
  return { license: bytes('license'), receipt: bytes('receipt') };
}
