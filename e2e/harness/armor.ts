import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A transfer file, taken apart. An implementation of its own: it shares no code with the product. */
export interface Armored {
  preamble: string;
  label: string;
  type: string;
  digest: string;
  length: number;
  signatures: string[];
  payload: Buffer;
}

/** JSON of a payload. */
export type Content = Record<string, unknown>;

/** Takes a file apart, as the format's writers make it. */
export function read(file: Buffer | string): Armored {
  const text = file.toString();
  const found = /^([\s\S]*?)\n?-----BEGIN ([A-Z ]+)-----\n([\s\S]+?)\n\n([\s\S]+?)\n-----END \2-----/.exec(text);
  if (!found) throw new Error(`this is no transfer file:\n${text.slice(0, 400)}`);
  const [, preamble, label, head, body] = found as unknown as [string, string, string, string, string];
  const header = (name: string) => head.split('\n').filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return {
    preamble,
    label,
    type: header('Type')[0]!,
    digest: header('Digest')[0]!,
    length: Number(header('Length')[0]),
    signatures: header('Signature'),
    payload: Buffer.from(body, 'base64'),
  };
}

/** The payload as JSON. */
export function content(file: Buffer | string): Content {
  return JSON.parse(read(file).payload.toString()) as Content;
}

/** Writes a file. Digest and length are those of the payload, whatever the signatures are worth. */
export function write(document: Omit<Armored, 'digest' | 'length'>): Buffer {
  const lines = [
    document.preamble,
    `-----BEGIN ${document.label}-----`,
    `Type: ${document.type}`,
    `Digest: ${digest(document.payload)}`,
    `Length: ${document.payload.length}`,
    ...document.signatures.map((line) => `Signature: ${line}`),
    '',
    ...(document.payload.toString('base64').match(/.{1,64}/g) ?? []),
    `-----END ${document.label}-----`,
    '',
  ];
  return Buffer.from(lines.join('\n'));
}

/** How digests are written. */
export function digest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The same document as a DSSE JSON envelope. */
export function dsse(file: Buffer | string): Content {
  const { type, payload, signatures } = read(file);
  return {
    payloadType: type,
    payload: payload.toString('base64'),
    signatures: signatures.map((line) => ({ keyid: line.split(' ')[0], sig: line.split(' ')[1] })),
  };
}

/** An Ed25519 key. */
export class Key {
  readonly #secret: KeyObject;
  readonly public: string;
  readonly id: string;

  constructor(seed?: Buffer) {
    this.#secret = seed ? fromSeed(seed) : generateKeyPairSync('ed25519').privateKey;
    const raw = createPublicKey(this.#secret).export({ type: 'spki', format: 'der' }).subarray(-32);
    this.public = raw.toString('base64');
    this.id = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  }

  /** A signature line over type and payload together (DSSE). */
  sign(type: string, payload: Buffer): string {
    const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
    const bytes = sign(null, Buffer.concat([Buffer.from(head), payload]), this.#secret);
    return `${this.id} ${bytes.toString('base64')}`;
  }
}

function fromSeed(seed: Buffer): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
