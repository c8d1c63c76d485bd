import type { Locator, Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Forger, instant, usage } from '../harness/forge';
import { file, type Portal } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import { files, type Vendor } from '../harness/vendor';
import { nothingSent } from '../harness/watch';

const DOCUMENTS = '**/api/v1/documents';
test.describe.configure({ timeout: 90_000 });

test('D-12, D-14: two browsers at once get the same answer, and one seat is taken', async ({ visit, vendor }) => {
  const request = await (await vendor.device('WS-60')).request(await vendor.license(5));
  const [left, right] = [await visit(), await visit()];
  for (const { portal } of [left, right]) {
    await portal.open();
    await portal.review('request', file(request));
  }
  await Promise.all([left.portal.agree('request'), right.portal.agree('request')]);
  await Promise.all([left.portal.at('done.activated_title'), right.portal.at('done.activated_title')]);
  for (const key of ['done.download_receipt', 'done.download_license'] as const) {
    const [one, two] = [await left.portal.download(key), await right.portal.download(key)];
    expect(one.bytes.equals(two.bytes)).toBe(true);
  }
  expect((await vendor.post(request)).body).toMatchObject({ seat: { used: 1, total: 5 } });
});

test('D-12: the server is killed before it has the file; the file goes by itself when it is back, once', async ({ portal, vendor, watch }) => {
  watch.expectNoAnswer();
  const { page } = portal;
  const request = await (await vendor.device('WS-61')).request(await vendor.license(3));
  await portal.review('request', file(request));
  await vendor.server.kill();
  try {
    await portal.agree('request');
    await portal.at('waiting.title');
    await expect(portal.main).toContainText(portal.word('waiting.unreachable_lead'));
    await state(page, '40-waiting-unreachable');
  } finally {
    await vendor.server.start();
  }
  await portal.at('done.activated_title');
  expect(await seats(vendor, request)).toEqual({ used: 1, total: 3, state: 'taken' });
});

test('D-12: the server is killed after it has booked and before it has answered; the same answer comes, and nothing twice', async ({ portal, vendor, watch }) => {
  watch.expectNoAnswer();
  const { page } = portal;
  const request = await (await vendor.device('WS-62')).request(await vendor.license(3));
  await portal.review('request', file(request));
  let lost = 0;
  await page.route(DOCUMENTS, async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.fallback();
    lost += 1;
    // Booked and acknowledged; then the server dies, and the answer never reaches the browser.
    await route.fetch();
    await vendor.server.kill();
    await route.abort('connectionreset');
    return vendor.server.start();
  });
  await portal.agree('request');
  await portal.at('done.activated_title');
  await expect(portal.text('done.first')).toBeVisible();
  expect(lost).toBe(1);
  const shown = await portal.download('done.download_license');
  expect(shown.bytes.equals((await vendor.stored(request)).license!)).toBe(true);
  expect(await seats(vendor, request)).toEqual({ used: 1, total: 3, state: 'taken' });
});

test('the portal has a fault: the file waits, says so, and goes when asked', async ({ portal, vendor, watch }) => {
  watch.expectNoAnswer();
  const { page } = portal;
  const request = await (await vendor.device('WS-63')).request(await vendor.license(1));
  await portal.review('request', file(request));
  let faults = 0;
  await page.route(DOCUMENTS, async (route) => {
    if (faults > 0) return route.fallback();
    faults += 1;
    return route.fulfill({ status: 503, headers: { 'retry-after': '600' }, body: '' });
  });
  await portal.agree('request');
  await portal.at('waiting.title');
  await portal.button('waiting.now').click();
  await portal.at('done.activated_title');
});

test('a reload while a file is looked at loses nothing, and sends nothing', async ({ portal, vendor, watch }) => {
  const { page } = portal;
  const request = await (await vendor.device('WS-64')).request(await vendor.license(1));
  await portal.review('request', file(request, 'ws-64.txt'));
  await page.reload();
  await portal.at('review.request_title');
  await expect(portal.main).toContainText('ws-64.txt');
  await nothingSent(watch, page);
  await portal.agree('request');
  await portal.at('done.activated_title');
});

test('a reload while a file is being sent goes on by itself', async ({ portal, vendor, watch }) => {
  watch.expectNoAnswer();
  const { page } = portal;
  const request = await (await vendor.device('WS-65')).request(await vendor.license(1));
  await portal.review('request', file(request));
  let held = 0;
  await page.route(DOCUMENTS, async (route) => {
    held += 1;
    // The first is neither sent nor refused: the page is in the middle of it.
    if (held > 1) await route.fallback();
  });
  await portal.agree('request');
  await portal.at('working.title');
  await state(page, '41-working');
  await page.reload();
  await portal.at('done.activated_title');
  expect(await seats(vendor, request)).toMatchObject({ used: 1 });
});

test('an answer is still there after a reload and after the browser was away, and can be removed', async ({ portal, vendor }) => {
  const { page } = portal;
  const request = await (await vendor.device('WS-66')).request(await vendor.license(1));
  await portal.carry('request', file(request, 'ws-66.txt'), 'activated');
  const before = await portal.download('done.download_license');
  await page.goto('about:blank');
  await portal.open();
  await expect(portal.transfers).toHaveCount(1);
  await portal.transfers.getByRole('button', { name: portal.word('transfers.named', portal.word('transfers.open'), 'ws-66.txt') }).click();
  await portal.at('done.activated_title');
  const after = await portal.download('done.download_license');
  expect(after.bytes.equals(before.bytes)).toBe(true);
  await portal.home();
  await portal.button('transfers.clear').click();
  await expect(portal.transfers).toHaveCount(0);
  await page.reload();
  await portal.at('choose.title');
  await expect(portal.transfers).toHaveCount(0);
});

test('D-27: with the network cut a file is read and checked, with not one request; it goes when the network is back', async ({ portal, vendor, context, watch }) => {
  const { page } = portal;
  const device = await vendor.activated('WS-67', await vendor.license(1, '--feature', 'renders=Renders'));
  const proof = await device.deactivate();
  await page.waitForLoadState('networkidle');
  const before = watch.count();
  await context.setOffline(true);
  await portal.drop(file(proof, 'ws-67-return.txt'));
  await portal.at('review.deactivation_title');
  await expect(portal.checks).toHaveCount(4);
  await expect(page.getByText(portal.word('network.offline'))).toBeVisible();
  await state(page, '42-offline-review');
  expect(watch.count(), 'no request at all').toBe(before);

  await portal.agree('deactivation');
  await portal.at('waiting.title');
  await expect(portal.main).toContainText(portal.word('waiting.offline_lead'));
  await state(page, '43-offline-waiting');
  await nothingSent(watch, page);

  await context.setOffline(false);
  await portal.at('done.returned_title');
  expect(watch.sent()).toHaveLength(1);
});

for (const cut of [false, true]) {
  const name = cut ? 'D-27: a large usage report is read with the network cut' : 'a large usage report is verified off the main thread while the page goes on';
  test(name, async ({ portal, vendor, context, watch }) => {
    const { page } = portal;
    const key = await vendor.license(1, '--feature', 'renders=Renders');
    const device = new Forger(vendor, 'WS-68');
    device.load(files((await vendor.post(device.request(key))).body).license);
    const report = device.report(usage(1, 'renders', Array.from({ length: 60_000 }, () => 1)));
    expect(report.length).toBeGreaterThan(4 << 20);
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await page.waitForLoadState('networkidle');
    await context.setOffline(cut);
    // From disk, as a person does it: the driver's own way of handing over bytes would block the page.
    const path = join(vendor.server.directory, 'ws-68-usage.txt');
    await writeFile(path, report);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), portal.pick.click()]);
    await watchFrames(page);
    await chooser.setFiles(path);
    await portal.at('review.usage_title');
    const { frames, longest } = await page.evaluate(() => (window as unknown as { seen: { frames: number; longest: number } }).seen);
    test.info().annotations.push({ type: 'main thread', description: `${frames} frames, longest gap ${Math.round(longest)} ms` });
    if (!cut) {
      expect(workers, 'a worker did it').toHaveLength(1);
      expect(frames, 'the page was drawn while the file was read').toBeGreaterThan(5);
    }
    await expect(portal.main.getByRole('row', { name: /Renders/ })).toContainText('+60,000');
    await nothingSent(watch, page);
    await context.setOffline(false);
    await portal.agree('usage');
    await portal.at('done.booked_title');
    expect(watch.sent()).toHaveLength(1);
  });
}

test('D-06: a file above the limit is refused by its size, before a byte of it is read', async ({ portal, watch }) => {
  await portal.page.evaluate(() => {
    const never = () => Promise.reject(new Error('the file was read'));
    Blob.prototype.arrayBuffer = never;
    Blob.prototype.text = never;
    const transfer = new DataTransfer();
    const huge = new File(['x'], 'huge.txt');
    Object.defineProperty(File.prototype, 'size', { get: () => 2 ** 31 });
    transfer.items.add(huge);
    document.querySelector('main')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await portal.refused('too_large');
  await nothingSent(watch, portal.page);
});

test('a browser that keeps nothing (IndexedDB blocked) says so and works all the same', async ({ visit, vendor }) => {
  const { context, page, portal } = await visit();
  await context.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', {
      get: () => {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
  });
  await portal.open();
  await expect(page.getByText(portal.word('transfers.memory'))).toBeVisible();
  const request = await (await vendor.device('WS-69')).request(await vendor.license(1));
  await portal.carry('request', file(request), 'activated');
  await portal.download('done.download_license');
  await portal.home();
  await expect(portal.transfers).toHaveCount(1);
  await state(page, '44-keeps-nothing');
});

test('D-32: several files at once, one of them bad: each has its own result, and again changes nothing', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const { page } = portal;
  const key = await vendor.license(1);
  const first = await (await vendor.device('WS-70')).request(key);
  const second = await (await vendor.device('WS-71')).request(key);
  const third = await (await vendor.device('WS-72')).request(await vendor.license(1));
  const batch = [
    file(first, 'first.txt'),
    file(first.subarray(0, first.length - 300), 'cut.txt'),
    file(third, 'third.txt'),
    file(randomBytes(200), 'noise.bin'),
  ];
  await portal.choose(...batch);
  await expect(portal.heading).toHaveText(portal.word('list.title', '4'));
  await expect(row(portal, 'cut.txt')).toContainText(portal.word('code.armor.truncated.title'));
  await expect(row(portal, 'noise.bin')).toContainText(portal.word('state.refused'));
  await state(page, '45-list');
  await nothingSent(watch, page);
  await portal.button('list.send', '2').click();
  for (const name of ['first.txt', 'third.txt']) await expect(row(portal, name)).toContainText(portal.word('state.done'));
  await state(page, '46-list-done');

  // The seat is gone: another device's file is refused, the same files get the same answers.
  await portal.button('list.home').click();
  await portal.choose(file(first, 'again.txt'), file(second, 'too-late.txt'));
  await portal.button('list.send', '2').click();
  await expect(row(portal, 'again.txt')).toContainText(portal.word('state.done'));
  await expect(row(portal, 'too-late.txt')).toContainText(portal.word('code.seat.none.title'));
  expect(await seats(vendor, first)).toMatchObject({ used: 1, total: 1 });
});

test('D-34: several requests of one device may be open; the newest wins', async ({ portal, vendor }) => {
  const key = await vendor.license(1);
  const device = new Forger(vendor, 'WS-73');
  expect((await vendor.post(device.request(key, { created_at: instant(-60) }))).status).toBe(201);
  await portal.carry('request', file(device.request(key)), 'repaired');
});

/** A file in a list. */
function row(portal: Portal, name: string): Locator {
  return portal.list.filter({ hasText: name });
}

/** Counts the frames that the page draws from now on. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = { frames: 0, longest: 0, last: performance.now() };
    (window as unknown as { seen: typeof seen }).seen = seen;
    const tick = (now: number) => {
      seen.frames += 1;
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
}

/** The seats, as the portal's stored answer to a file has them. */
async function seats(vendor: Vendor, request: Buffer): Promise<unknown> {
  return (JSON.parse((await vendor.stored(request)).text) as { seat: unknown }).seat;
}
