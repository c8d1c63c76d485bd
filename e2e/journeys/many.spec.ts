import type { Page } from '@playwright/test';
import { Forger } from '../harness/forge';
import { file, type Carried } from '../harness/portal';
import { expect, test } from '../harness/test';
import type { Vendor } from '../harness/vendor';
import { nothingSent } from '../harness/watch';

test('denial of service by a file: a worker that is stuck takes one file of hundreds with it, and no other', async ({ visit, vendor, watch }) => {
  test.setTimeout(120_000);
  const { page, portal } = await visit();
  // This file never ends in whatever reads it.
  await page.route('**/worker.js', async (route) => {
    const answer = await route.fetch();
    const hostile = `const own = Blob.prototype.arrayBuffer;
      Blob.prototype.arrayBuffer = function () { if (this.name === 'hostile.txt') for (;;); return own.call(this); };`;
    await route.fulfill({ response: answer, body: `${hostile}\n${await answer.text()}` });
  });
  await page.clock.install();
  await portal.open();
  const files = await requests(vendor, 300);
  files[120] = file(files[120]!.bytes, 'hostile.txt');
  await portal.drop(...files);
  await expect(portal.heading).toHaveText(portal.word('list.title', '300'));
  // What it had in hand is given out again, one file at a time.
  await expect.poll(() => left(page), { timeout: 30_000 }).toBeLessThanOrEqual(32);
  expect(await left(page)).toBeGreaterThan(0);
  await page.clock.runFor(35_000);
  await expect.poll(() => left(page), { timeout: 30_000 }).toBe(1);
  await page.clock.runFor(35_000);
  await expect.poll(() => left(page)).toBe(0);
  await expect(portal.button('list.send', '299')).toBeVisible();
  // Among hundreds the refused comes first.
  await expect(portal.list.first()).toContainText('hostile.txt');
  await expect(portal.list.first()).toContainText(portal.word('code.page.too_slow.title'));
  await nothingSent(watch, page);
});

test('hundreds of files with the network cut: all are read, the list is turned and sent by keyboard, and they go by themselves', async ({ context, portal, vendor, watch }) => {
  test.setTimeout(120_000);
  watch.expectNoAnswer();
  const { page } = portal;
  const files = await requests(vendor, 170);
  await context.setOffline(true);
  await portal.drop(...files);
  await expect(portal.button('list.send', '170')).toBeVisible({ timeout: 60_000 });
  await expect(portal.list).toHaveCount(150);
  await expect(portal.text('list.part')).toHaveText(portal.word('list.part', '1', '150', '170'));
  await page.locator('#after').focus();
  await page.keyboard.press('Enter');
  await expect(portal.list).toHaveCount(20);
  await expect(portal.list.first()).toContainText(files[150]!.name);
  await expect(page.locator('#after')).toBeFocused();
  await nothingSent(watch, page);

  // Everything that is signed is there, though it was made when somebody looked (D-27).
  await portal.list.first().getByRole('button').click();
  await expect(portal.main.locator('pre')).toContainText('fingerprint');
  await portal.button('list.back').click();
  await page.locator('#send-all').focus();
  await page.keyboard.press('Enter');
  await expect(portal.list.first()).toContainText(portal.word('state.waiting'));
  await context.setOffline(false);
  await expect(portal.text('list.none')).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => watch.sent().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(170);
  await expect(portal.list.first()).toContainText(portal.word('state.done'), { timeout: 60_000 });
});

/** Requests of as many devices, for one license that has seats for all. */
async function requests(vendor: Vendor, count: number): Promise<Carried[]> {
  const key = await vendor.license(count);
  return Array.from({ length: count }, (_, number) => file(new Forger(vendor, `WS-${1000 + number}`).request(key), `ws-${1000 + number}.txt`));
}

/** Files that are not read yet, by the page's own bar. */
function left(page: Page): Promise<number> {
  return page.evaluate(() => {
    const bar = document.querySelector<HTMLProgressElement>('main progress');
    return bar ? bar.max - bar.value : 0;
  });
}
