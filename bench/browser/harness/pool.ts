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
