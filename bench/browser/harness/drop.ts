import type { Browser, CDPSession, Page } from '@playwright/test';

/** What the page noted of itself while files were read. */
export interface Noted {
  /** Milliseconds from the drop until the page showed what was waited for. */
  took: number;
  /** Tasks of the main thread of 50 ms and more, as the browser reports them; of the one that brought the files only the page's part. */
  long: number[];
  /** Milliseconds that the browser took in that task before the page heard of the drop: a file object for each file. */
  before: number;
}

/** Before the page starts: notes when files are dropped, when the awaited is shown, and every long task. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted = { dropped: 0, shown: 0, long: [] as [number, number][], waits: (): boolean => false };
    Object.assign(window, { noted });
    new PerformanceObserver((list) => noted.long.push(...list.getEntries().map((entry): [number, number] => [entry.startTime, entry.startTime + entry.duration]))).observe({ type: 'longtask', buffered: true });
    window.addEventListener('drop', () => (noted.dropped = performance.now()), { capture: true });
    new MutationObserver(() => {
      if (noted.shown || !noted.dropped || !noted.waits()) return;
      // The frame after this one has been painted.
      requestAnimationFrame(() => setTimeout(() => (noted.shown = performance.now())));
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

/** Drops files from the disk on the page, as from a file manager, and waits until the page shows so many as ready. */
export async function drop({ page, session }: Opened, paths: string[], ready: number): Promise<Noted> {
  await page.evaluate((ready) => {
    const { noted } = window as unknown as Watched;
    Object.assign(noted, { dropped: 0, shown: 0, long: [] });
    // One file has a page of its own; of several, the button that sends them all says how many are ready.
    noted.waits = () =>
      ready === 1
        ? document.querySelector('.checks') !== null
        : document.getElementById('send-all')?.textContent?.replace(/\D/g, '') === String(ready);
  }, ready);
  const at = { x: 400, y: 400, data: { items: [], files: paths, dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at });
  await page.waitForFunction(() => (window as unknown as Watched).noted.shown > 0, undefined, { polling: 200, timeout: 200_000 });
  // What the browser still reports of tasks that are over comes a little later.
  await page.waitForTimeout(500);
  return page.evaluate(() => {
    const { noted } = window as unknown as Watched;
    const own = noted.long.map(([began, ended]) => ended - Math.max(began, noted.dropped)).filter((took) => took >= 50);
    const before = noted.long.map(([began, ended]) => (began < noted.dropped && ended > noted.dropped ? noted.dropped - began : 0));
    return { took: noted.shown - noted.dropped, long: own, before: Math.max(0, ...before) };
  });
}

interface Watched {
  noted: { dropped: number; shown: number; long: [number, number][]; waits: () => boolean };
}

/** Opens the page in a profile that has seen nothing, and waits until it can take a file. */
export async function open(browser: Browser, origin: string): Promise<Opened> {
  const page = await browser.newPage();
  await watch(page);
  await page.goto(origin);
  await page.locator('#pick').waitFor();
  await page.waitForTimeout(300);
  return { page, session: await page.context().newCDPSession(page) };
}

/** The page, ready. */
export interface Opened {
  page: Page;
  session: CDPSession;
}
