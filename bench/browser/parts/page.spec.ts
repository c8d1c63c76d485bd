import { test, type Browser } from '@playwright/test';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { quick, root } from '../harness/given';
import { Site } from '../harness/site';
import { Table, median } from '../harness/table';

/** Bytes of brotli that the first load may come to (docs/adr/0005). */
const BUDGET = 110_000;
/** A phone of some years ago on a slow mobile network: a quarter of this machine's speed, 1.6 Mbit/s, 150 ms there and back. */
const SLOW = { cpu: 4, bytes: 200_000, latency: 150 };

test('the first load of the page', async ({ browser }) => {
  const site = await Site.start();
  const table = new Table('page');
  try {
    const loaded = weigh(table);
    for (const slow of [false, true]) {
      const [usable, bare] = [await times(browser, site.origin, slow, usablePage), await times(browser, site.origin, slow, transfer(loaded))];
      const what = slow ? `CPU ${SLOW.cpu}× slower, 1.6 Mbit/s, 150 ms` : 'not slowed';
      table.row({ group: 'time to a usable drop zone', what, value: usable, unit: 'ms', beside: 'the same files fetched and left alone', peer: bare, ratio: usable / bare });
    }
    table.note('A usable drop zone: its button is on the screen and the page knows whom to believe. Nothing cached; the middle of several loads.');
  } finally {
    table.write();
    await site.stop();
  }
});

/** The weight of the first load by kind; the files. */
function weigh(table: Table): string[] {
  const page = join(root, 'target', 'portal');
  const index = readFileSync(join(page, 'index.html'), 'utf8');
  const names = readdirSync(page).filter((name) => !/\.(br|gz)$/.test(name) && (name === 'index.html' || index.includes(name)));
  const kinds = new Map<string, number>();
  for (const name of names) kinds.set(extname(name), (kinds.get(extname(name)) ?? 0) + statSync(join(page, `${name}.br`)).size);
  const sum = [...kinds.values()].reduce((sum, bytes) => sum + bytes, 0);
  const row = { group: 'first load, brotli', unit: 'bytes' };
  for (const [kind, bytes] of kinds) table.row({ ...row, what: kind.slice(1), value: bytes, beside: 'all kinds', peer: sum, ratio: bytes / sum });
  table.row({ ...row, what: 'all, without the vendor’s stylesheet', value: sum, beside: 'budget', peer: BUDGET, ratio: sum / BUDGET, aim: `at most ${BUDGET}`, met: sum <= BUDGET });
  return [...names.map((name) => (name === 'index.html' ? '' : name)), 'theme.css', 'api/v1/tenant'];
}

type Load = (address: string) => { address: string; done: () => Promise<number> | number };

/** The page itself: when its button is there and the tenant has been read. */
const usablePage: Load = (origin) => ({
  address: origin,
  done: async () => {
    const there = () => document.querySelector('#pick') !== null && document.querySelector('.brand strong')?.textContent !== '';
    while (!there()) await new Promise((soon) => requestAnimationFrame(soon));
    return performance.now();
  },
});

/** The same files by name, all at once once the first one is there, from a page with nothing in it. */
function transfer(names: string[]): Load {
  return (origin) => ({ address: `${origin}empty?${names.join('&')}`, done: fetched });
}

async function fetched(): Promise<number> {
  const [first = '', ...rest] = location.search.slice(1).split('&');
  const take = async (name: string) => (await fetch(`/${name}`)).arrayBuffer();
  await take(first);
  await Promise.all(rest.map(take));
  return performance.now();
}

/** The middle of some loads, each in a browser profile that has seen nothing. */
async function times(browser: Browser, origin: string, slow: boolean, load: Load): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < (quick ? 1 : 5); time += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    if (slow) {
      await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
      await session.send('Network.enable');
      await session.send('Network.emulateNetworkConditions', { offline: false, latency: SLOW.latency, downloadThroughput: SLOW.bytes, uploadThroughput: SLOW.bytes });
    }
    const { address, done } = load(origin);
    await page.goto(address, { waitUntil: 'commit' });
    taken.push(await page.evaluate(done));
    await context.close();
  }
  return median(taken);
}
