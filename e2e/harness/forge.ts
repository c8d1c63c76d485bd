import { randomBytes } from 'node:crypto';
import { Key, content, digest, dsse, read, write, type Content } from './armor';
import type { Vendor } from './vendor';

/**
 * A device that keeps to no rule: it writes any request, report or return, and signs it with its own key. With it, journeys
 * make what the real device refuses to make: other bytes under the same id, doctored usage, clocks that are wrong.
 */
export class Forger {
  readonly key = new Key();
  readonly #vendor: Vendor;
  readonly #name: string;
  readonly #board = randomBytes(16).toString('hex');
  #license: Buffer | undefined;
  #receipt: Buffer | undefined;

  constructor(vendor: Vendor, name = `WS-${randomBytes(2).readUInt16BE() % 900 + 100}`) {
    this.#vendor = vendor;
    this.#name = name;
  }

  /** An activation request; `other` replaces members. */
  request(licenseKey: string, other: Content = {}): Buffer {
    return this.#seal('LICENSE ACTIVATION REQUEST', 'activation-request', {
      id: id(),
      vendor: this.#vendor.named,
      product: this.#vendor.product,
      license_key: licenseKey,
      device: { key: this.key.public, name: this.#name },
      fingerprint: { parts: [{ name: 'board', source: 'hardware', hash: this.#board, weight: 50 }] },
      platform: { os: 'linux', arch: 'x86_64', client: 'e2e 1' },
      variables: {},
      created_at: instant(),
      ...other,
    });
  }

  /** Takes the portal's answer. */
  load(license: Buffer | undefined, receipt?: Buffer): void {
    this.#license = license ?? this.#license;
    this.#receipt = receipt ?? this.#receipt;
  }

  /** A usage report. */
  report(usage: Content, other: Content = {}): Buffer {
    return this.#seal('LICENSE USAGE REPORT', 'usage-report', {
      ...this.#holder(usage, this.#receipt),
      refresh: false,
      created_at: instant(),
      ...other,
    });
  }

  /** A return. */
  deactivation(usage: Content, other: Content = {}): Buffer {
    return this.#seal('LICENSE DEACTIVATION', 'deactivation', {
      ...this.#holder(usage, this.#receipt),
      destroyed_at: instant(),
      ...other,
    });
  }

  #holder(usage: Content, receipt: Buffer | undefined): Content {
    if (!this.#license) throw new Error('this device has no license');
    const license = content(this.#license);
    return {
      id: id(),
      vendor: this.#vendor.named,
      product: license['product'],
      activation_id: license['activation_id'],
      license: dsse(this.#license),
      ...(receipt ? { receipt: dsse(receipt) } : {}),
      usage,
      variables: {},
    };
  }

  #seal(label: string, kind: string, payload: Content): Buffer {
    return seal(label, kind, Buffer.from(JSON.stringify(payload)), this.key);
  }
}

/** Signs any bytes as a document of this kind. */
export function seal(label: string, kind: string, payload: Buffer, key: Key): Buffer {
  const type = `application/vnd.handcarry.${kind}.v1+json`;
  const preamble = 'Made by a test. It holds no secret.\n';
  return write({ preamble, label, type, signatures: [key.sign(type, payload)], payload });
}

/** Usage that continues what is known: `used` a feature, on top of `before`. */
export function usage(number: number, feature: string, used: number[], before = 0, previous?: Buffer): Content {
  const sum = used.reduce((total, amount) => total + amount, before);
  return {
    number,
    ...(previous ? { previous: digest(read(previous).payload) } : {}),
    opening: before ? { [feature]: before } : {},
    entries: used.map((amount) => ({ at: instant(), feature, amount })),
    closing: { [feature]: sum },
  };
}

/** A fresh document id. */
export function id(): string {
  return `E2E-${randomBytes(10).toString('hex').toUpperCase()}`;
}

/** Now, or so many seconds from now, as the format writes it. */
export function instant(shift = 0): string {
  return `${new Date(Date.now() + shift * 1000).toISOString().slice(0, 19)}Z`;
}
