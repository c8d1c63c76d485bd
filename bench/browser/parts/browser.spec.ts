import { expect, test, type Browser } from '@playwright/test';
import { cpus } from 'node:os';
import { drop, open, type Noted } from '../harness/drop';
import { quick, returns, span } from '../harness/given';
import { hash, ledger } from '../harness/ledger';
import { rates } from '../harness/peers';
import { core, pool, reading } from '../harness/pool';
import { Site } from '../harness/site';
import { Table, median } from '../harness/table';

/** Signatures in a deactivation: the license's, the receipt's, and the device's own. */
const CHAIN = 3;
/** What verification may take beside the bare verifier. */
const AIM = 1.3;
/** Milliseconds that no task of the main thread may take. */
const LONGEST = 50;

test('verification in the browser', async ({ browser }) => {
  const site = await Site.start();
  const table = new Table('browser');
  const cores = cpus().length;
  table.note(`Chromium ${browser.version()}, ${cores} cores. One run; the peers ran before, in the same browser.`);
  try {
    const page = await browser.newPage();
    const peers = await rates(page, site.origin, span, cores);
    const rate = (what: string, value: number) =>
      table.row({ group: 'bare verifiers', what, value, unit: 'signatures/s', beside: 'bare wasm, one core', peer: peers.bare, ratio: value / peers.bare });
    rate('bare wasm, one core', peers.bare);
    rate(`bare wasm, ${cores} workers`, peers.bareAll);
    rate('WebCrypto, 64 in flight', peers.webCrypto);
    rate('libsodium-wrappers', peers.sodium);
    rate('@noble/curves', peers.noble);

    const single: number[] = [];
    for (const path of returns(quick ? 3 : 9)) single.push((await once(browser, site.origin, [path])).took);
    const bareOne = (CHAIN * 1000) / peers.bare;
    table.row({ group: 'one file', what: 'from the drop to its slip on the screen', value: median(single), unit: 'ms', beside: 'its three signatures, bare wasm', peer: bareOne, ratio: median(single) / bareOne });

    const { own, bare } = await core(page, site.origin, 300, CHAIN, quick ? 5 : 15);
    table.row({ group: 'one file', what: 'a deactivation in memory, the page’s verifier on one core', value: own, unit: 'ms', beside: 'its three signatures, bare wasm, in turns', peer: bare, ratio: own / bare, aim: `at most ${AIM}`, met: own <= bare * AIM });

    const paths = returns();
    const count = paths.length;
    const bareMany = (count * CHAIN) / peers.bareAll;
    const beside = `their ${count * CHAIN} signatures, bare wasm on ${cores} cores`;
    const many = (what: string, seconds: number) =>
      table.row({ group: 'many files', what, value: seconds, unit: 's', beside, peer: bareMany, ratio: seconds / bareMany, aim: `at most ${AIM}`, met: seconds <= bareMany * AIM });
    const read = ((await reading(page, site.origin, cores, paths)) * count) / 1000;
    table.row({ group: 'many files', what: `${count} files read by ${cores} workers and left alone`, value: read, unit: 's', beside, peer: bareMany, ratio: read / bareMany });
    const alone = await pool(page, site.origin, cores, quick ? 1000 : 4000);
    many(`${count} deactivations, the page's workers alone`, (alone * count) / 1000);
    const dropped = await once(browser, site.origin, paths);
    many(`${count} deactivations dropped on the page, until all are ready`, dropped.took / 1000);
    const limit = bareMany + read;
    table.row({ group: 'many files', what: `${count} deactivations dropped on the page, until all are ready`, value: dropped.took / 1000, unit: 's', beside: 'their signatures, bare wasm, and reading them', peer: limit, ratio: dropped.took / 1000 / limit });
    const longest = (what: string, took: number) =>
      table.row({ group: 'many files', what, value: took, unit: 'ms', beside: 'limit', peer: LONGEST, ratio: took / LONGEST, aim: `at most ${LONGEST} ms`, met: took <= LONGEST });
    longest('longest task of the main thread from the drop on', Math.max(0, ...dropped.long));
    longest('the browser’s own task before the page hears of the drop', dropped.before);
    table.note(`Tasks of the main thread above ${LONGEST} ms from the drop on: ${dropped.long.length}. Shorter ones count as 0. What the browser does before it tells the page of a drop is one task of its own, longer with every file: docs/profile.md.`);

    const report = await ledger(browser, site.origin);
    const alone2 = await hash(page, site.origin);
    const usage = (name: string, peer: number) =>
      table.row({ group: 'usage report', what: `${alone2.entries} entries, from the drop to the slip`, value: report.took, unit: 'ms', beside: name, peer, ratio: report.took / peer });
    usage('JSON.parse of its payload', alone2.parse);
    usage('SHA-256 of its payload (WebCrypto)', alone2.hash);
    expect(dropped.took).toBeGreaterThan(0);
  } finally {
    table.write();
    await site.stop();
  }
});

/** These files, dropped on a page that has seen none. */
async function once(browser: Browser, origin: string, paths: string[]): Promise<Noted> {
  const opened = await open(browser, origin);
  const noted = await drop(opened, paths, paths.length);
  await opened.page.context().close();
  return noted;
}
