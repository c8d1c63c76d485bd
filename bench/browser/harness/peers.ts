import type { Page } from '@playwright/test';

/** Signatures a second. */
export interface Rates {
  bare: number;
  bareAll: number;
  webCrypto: number;
  sodium: number;
  noble: number;
}

/** The verifiers that read no files, each over the same signatures, on a blank page. */
export async function rates(page: Page, origin: string, span: number, cores: number): Promise<Rates> {
  await page.goto(`${origin}peers`);
  return page.evaluate(
    async ({ origin, span, cores }) => {
      interface Signed {
        key: Uint8Array<ArrayBuffer>;
        signature: Uint8Array<ArrayBuffer>;
        message: Uint8Array<ArrayBuffer>;
      }
      const at = (path: string): string => new URL(path, origin).href;
      const bytes = new Uint8Array(await (await fetch(at('fleet/signatures.bin'))).arrayBuffer());
      const all = apart(bytes);

      /** Calls until the time is over; how often a second it verified a signature. */
      async function rate(some: (from: number) => number | Promise<number>): Promise<number> {
        // Once before: the browser compiles what is used much.
        for (const ends = performance.now() + span / 5; performance.now() < ends; ) await some(0);
        const began = performance.now();
        let done = 0;
        while (performance.now() - began < span) done += await some(done);
        return (done * 1000) / (performance.now() - began);
      }
      function must(holds: boolean): void {
        if (!holds) throw new Error('a signature of the fleet does not verify');
      }
      const one = (verify: (signed: Signed) => boolean) => (from: number) => {
        must(verify(all[from % all.length]!));
        return 1;
      };

      const glue = (await import(at('bare/bare.js'))) as BareGlue;
      await glue.default();
      const signatures = new glue.Signatures(bytes);
      const bare = await rate((from) => {
        must(signatures.verify(from % all.length, 8) === 8);
        return 8;
      });
      const bareAll = await parallel();

      const keys = new Map<string, Promise<CryptoKey>>();
      const imported = await Promise.all(
        all.map(({ key }) => {
          const name = key.join();
          const known = keys.get(name) ?? crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
          keys.set(name, known);
          return known;
        }),
      );
      const webCrypto = await rate(async (from) => {
        const flight = Array.from({ length: 64 }, (_, more) => {
          const place = (from + more) % all.length;
          const { signature, message } = all[place]!;
          return crypto.subtle.verify('Ed25519', imported[place]!, signature, message);
        });
        (await Promise.all(flight)).forEach(must);
        return 64;
      });

      const { default: library } = (await import(at('modules/libsodium-wrappers/dist/modules-esm/libsodium-wrappers.mjs'))) as SodiumModule;
      await library.ready;
      const sodium = await rate(one(({ key, signature, message }) => library.crypto_sign_verify_detached(signature, message, key)));

      const { ed25519 } = (await import(at('modules/@noble/curves/ed25519.js'))) as NobleModule;
      const noble = await rate(one(({ key, signature, message }) => ed25519.verify(signature, message, key, { zip215: false })));
      return { bare, bareAll, webCrypto, sodium, noble };

      interface BareGlue {
        default(): Promise<unknown>;
        Signatures: new (bytes: Uint8Array) => { verify(from: number, count: number): number };
      }
      interface SodiumModule {
        default: {
          ready: Promise<void>;
          crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean;
        };
      }
      interface NobleModule {
        ed25519: { verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array, how: { zip215: boolean }): boolean };
      }

      /** The bare verifier in as many workers as there are cores. */
      async function parallel(): Promise<number> {
        const program = `
          const { default: start, Signatures } = await import(${JSON.stringify(at('bare/bare.js'))});
          await start();
          const bytes = new Uint8Array(await (await fetch(${JSON.stringify(at('fleet/signatures.bin'))})).arrayBuffer());
          const signatures = new Signatures(bytes);
          signatures.verify(0, 400);
          self.onmessage = () => {
            const began = performance.now();
            let done = 0;
            while (performance.now() - began < ${span}) done += signatures.verify(done, 8);
            self.postMessage((done * 1000) / (performance.now() - began));
          };
          self.postMessage('ready');`;
        const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
        const workers = Array.from({ length: cores }, () => new Worker(address, { type: 'module' }));
        const said = (worker: Worker) =>
          new Promise<unknown>((done, failed) => {
            worker.onmessage = ({ data }) => done(data);
            worker.onerror = (error) => failed(new Error(error.message));
          });
        await Promise.all(workers.map(said));
        const measured = workers.map(said);
        for (const worker of workers) worker.postMessage('go');
        const rates = (await Promise.all(measured)) as number[];
        for (const worker of workers) worker.terminate();
        return rates.reduce((sum, rate) => sum + rate, 0);
      }

      /** The records of `signatures.bin`. */
      function apart(bytes: Uint8Array<ArrayBuffer>): Signed[] {
        const found: Signed[] = [];
        const view = new DataView(bytes.buffer);
        for (let at = 0; at < bytes.length; ) {
          const length = view.getUint32(at + 96, true);
          const end = at + 100 + length;
          found.push({ key: bytes.slice(at, at + 32), signature: bytes.slice(at + 32, at + 96), message: bytes.slice(at + 100, end) });
          at = end;
        }
        return found;
      }
    },
    { origin, span, cores },
  );
}
