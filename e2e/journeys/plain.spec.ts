import { join } from 'node:path';
import { artifacts } from '../harness/binaries';
import { read } from '../harness/armor';
import { file, type Carried } from '../harness/portal';
import { accessible } from '../harness/states';
import { expect, test } from '../harness/test';
import type { Page } from '@playwright/test';

/** What was loaded ahead for the page that did not start. */
const UNUSED = /was preloaded using link preload but not used/;

/** Sends a file with the plain form. */
async function send(page: Page, { name, bytes }: Carried): Promise<void> {
  const form = page.locator('form[enctype="multipart/form-data"]');
  await form.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: bytes });
  await form.locator('button').click();
  await page.waitForURL(/submit/);
}

test('D-22: with scripts disabled a plain form takes the file and answers with a receipt', async ({ visit, vendor }) => {
  const { page } = await visit({ javaScriptEnabled: false });
  const request = await (await vendor.device('WS-100')).request(await vendor.license(1));
  await page.goto(vendor.base);
  await page.screenshot({ path: join(artifacts, 'states', '70-plain-form.png'), fullPage: true });
  await send(page, file(request));
  const stored = await vendor.stored(request);
  await expect(page.locator('body')).toContainText('WS-100');
  await page.screenshot({ path: join(artifacts, 'states', '71-plain-answer.png'), fullPage: true });
  const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  const carried = await Promise.all(links.filter((link) => link.includes('/files/')).map(async (link) => Buffer.from(await (await fetch(link)).arrayBuffer())));
  expect(carried.some((bytes) => bytes.equals(stored.license!)), 'the license').toBe(true);
  expect(carried.some((bytes) => bytes.equals(stored.receipt!)), 'the receipt').toBe(true);
  expect(read(stored.receipt!).label).toBe('LICENSE RECEIPT');
});

test('D-22: the plain form refuses with the same codes', async ({ visit, vendor, watch }) => {
  watch.expectRefusal();
  const { page } = await visit({ javaScriptEnabled: false });
  const request = await (await vendor.device('WS-101')).request(await vendor.license(1));
  await page.goto(vendor.base);
  await send(page, file(request.subarray(0, request.length - 300)));
  await expect(page.locator('body')).toContainText('armor.truncated');
  await page.screenshot({ path: join(artifacts, 'states', '72-plain-refused.png'), fullPage: true });
});

test('D-22: a proxy strips the WebAssembly; the plain form appears and works', async ({ visit, vendor, watch }) => {
  watch.expect(/\.wasm/, /WebAssembly|Failed to fetch/, UNUSED);
  const { page } = await visit();
  await page.route('**/*.wasm', (route) => route.abort());
  const request = await (await vendor.device('WS-102')).request(await vendor.license(1));
  await page.goto(vendor.base);
  await expect(page.locator('form input[type=file]')).toBeVisible({ timeout: 15_000 });
  await page.screenshot({ path: join(artifacts, 'states', '73-no-wasm.png'), fullPage: true });
  await accessible(page, 'the plain form');
  await send(page, file(request));
  await expect(page.locator('body')).toContainText('WS-102');
  await accessible(page, 'the plain answer');
});

test('D-21, D-22: a browser without WebAssembly gets the plain form', async ({ visit, vendor, watch }) => {
  watch.expect(/WebAssembly/, UNUSED);
  const { context, page } = await visit();
  await context.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
  await page.goto(vendor.base);
  await expect(page.locator('form input[type=file]')).toBeVisible({ timeout: 15_000 });
});
