import type { Page } from '@playwright/test';

/** Files that a worker gets at a time, and jobs that it has at a time, as the page does it (src/worker/plan.rs). */
const CHUNK = 16;
const AHEAD = 2;

/**
 * Milliseconds that the page's own workers take for one deactivation, all of them busy: the page's WebAssembly, started as the
 * page starts it, with the jobs that the page sends, but no page that shows anything and no storage.
 */
export async function pool(page: Page, origin: string, cores: number, files: number): Promise<number> {
  // Of the page only the addresses of its code are needed.
  await page.goto(`${origin}empty`);
  return page.evaluate(
    async ({ origin, cores, files, CHUNK, AHEAD }) => {
      const at = (path: string): string => new URL(path, origin).href;
      const html = new DOMParser().parseFromString(await (await fetch(origin)).text(), 'text/html');
      const named = (selector: string): string => at(html.querySelector(selector)!.getAttribute('href')!);
      const code = { glue: named('link[rel=modulepreload]'), module: await WebAssembly.compileStreaming(fetch(named('link[href$=".wasm"]'))) };
      const tenant = await (await fetch(at('api/v1/tenant'))).text();
      const numbers = Array.from({ length: files }, (_, number) => String(number).padStart(5, '0'));
      const blobs: Blob[] = [];
      for (const number of numbers) blobs.push(await (await fetch(at(`fleet/returns/ws-${number}-return.txt`))).blob());
      const jobs: [number, string, Blob[]][] = [];
      for (let from = 0; from < files; from += CHUNK) jobs.push([from, tenant, blobs.slice(from, from + CHUNK)]);

      const workers = await Promise.all(
        Array.from({ length: cores }, async () => {
          const worker = new Worker(at('worker.js'), { type: 'module' });
          const ready = new Promise((done) => (worker.onmessage = done));
          worker.postMessage(code);
          await ready;
          return worker;
        }),
      );
      let accepted = 0;
      const began = performance.now();
      await Promise.all(
        workers.map(
          (worker) =>
            new Promise<void>((done) => {
              let open = 0;
              const next = (): void => {
                const job = jobs.shift();
                if (job) worker.postMessage(job);
                open += job ? 1 : 0;
                if (open === 0) done();
              };
              // The job's number, then of each file the bytes and the card; an accepted one's begins with a 1.
              worker.onmessage = ({ data }: MessageEvent<unknown[]>) => {
                accepted += data.filter((part) => typeof part === 'string' && part.startsWith('1 ')).length;
                open -= 1;
                next();
              };
              for (let job = 0; job < AHEAD; job += 1) next();
            }),
        ),
      );
      const took = performance.now() - began;
      for (const worker of workers) worker.terminate();
      if (accepted !== files) throw new Error(`${accepted} of ${files} files were accepted`);
      return took / files;
    },
    { origin, cores, files, CHUNK, AHEAD },
  );
}

/**
 * Milliseconds for one deactivation on one core, and for its signatures by the bare verifier, in turns: both in one worker, with
 * what they verify in memory. Nothing is read and nothing sent.
 */
export async function core(page: Page, origin: string, files: number, chain: number, turns: number): Promise<{ own: number; bare: number }> {
  await page.goto(`${origin}empty`);
  return page.evaluate(
    async ({ origin, files, chain, turns }) => {
      const at = (path: string): string => new URL(path, origin).href;
      const html = new DOMParser().parseFromString(await (await fetch(origin)).text(), 'text/html');
      const named = (selector: string): string => at(html.querySelector(selector)!.getAttribute('href')!);
      const program = `
        const { default: start } = await import(${JSON.stringify(named('link[rel=modulepreload]'))});
        await start({ module_or_path: ${JSON.stringify(named('link[href$=".wasm"]'))} });
        const bare = await import(${JSON.stringify(at('bare/bare.js'))});
        await bare.default();
        const signatures = new bare.Signatures(new Uint8Array(await (await fetch(${JSON.stringify(at('fleet/signatures.bin'))})).arrayBuffer()));
        const tenant = await (await fetch(${JSON.stringify(at('api/v1/tenant'))})).text();
        const all = [];
        for (let number = 0; number < ${files}; number += 1) {
          const name = 'fleet/returns/ws-' + String(number).padStart(5, '0') + '-return.txt';
          all.push(new Uint8Array(await (await fetch(new URL(name, ${JSON.stringify(origin)}))).arrayBuffer()));
        }
        const examine = (bytes) => {
          if (!self.examine(bytes, tenant).startsWith('1 ')) throw new Error('a file of the fleet is refused');
        };
        const time = (work) => {
          const began = performance.now();
          work();
          return (performance.now() - began) / all.length;
        };
        const both = { own: [], bare: [] };
        // The first turn is for the browser, which compiles what is used much.
        for (let turn = 0; turn <= ${turns}; turn += 1) {
          both.own[turn] = time(() => all.forEach(examine));
          both.bare[turn] = time(() => signatures.verify(0, ${chain} * all.length));
        }
        const middle = (values) => values.slice(1).sort((a, b) => a - b)[${turns} >> 1];
        self.postMessage({ own: middle(both.own), bare: middle(both.bare) });`;
      const worker = new Worker(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })), { type: 'module' });
      const took = await new Promise<{ own: number; bare: number }>((done, failed) => {
        worker.onmessage = ({ data }) => done(data as { own: number; bare: number });
        worker.onerror = (error) => failed(new Error(error.message));
      });
      worker.terminate();
      return took;
    },
    { origin, files, chain, turns },
  );
}

/** Milliseconds that workers on all cores take to read one of these files from the disk, and leave it alone. */
export async function reading(page: Page, origin: string, cores: number, paths: string[]): Promise<number> {
  await page.goto(`${origin}empty`);
  await page.setContent('<input type="file" multiple>');
  await page.locator('input').setInputFiles(paths);
  return page.evaluate(
    async ({ cores, CHUNK }) => {
      const program = `
        self.onmessage = async ({ data }) => {
          for (let from = 0; from < data.length; from += ${CHUNK}) await Promise.all(data.slice(from, from + ${CHUNK}).map((file) => file.arrayBuffer()));
          self.postMessage('done');
        };`;
      const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
      const files = [...document.querySelector('input')!.files!];
      const each = Math.ceil(files.length / cores);
      const began = performance.now();
      await Promise.all(
        Array.from({ length: cores }, (_, core) => {
          const worker = new Worker(address);
          const done = new Promise((done) => (worker.onmessage = done));
          worker.postMessage(files.slice(core * each, (core + 1) * each));
          return done;
        }),
      );
      return (performance.now() - began) / files.length;
    },
    { cores, CHUNK },
  );
}
