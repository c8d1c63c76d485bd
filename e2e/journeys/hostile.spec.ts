import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectors } from '../harness/binaries';
import { Forger } from '../harness/forge';
import { file } from '../harness/portal';
import { GLOBEX, expect, test } from '../harness/test';
import { nothingSent } from '../harness/watch';

/** A few of the kind, for a checkout without the big list. */
const FEW = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'; DROP TABLE licenses; --", '{{7*7}}', '田中さん', 'ﷺ', '*strong* `code` {0}', 'Ω≈ç√∫'];

/** A name that runs from right to left is kept apart from the words around it. */
const isolated = (name: string) => (/\p{Script=Arabic}|\p{Script=Hebrew}/u.test(name) ? `\u2068${name}\u2069` : name);

test('naughty strings as file names, device names and values are shown as text, and do nothing', async ({ portal, vendor, watch }) => {
  test.setTimeout(180_000);
  const list = join(vectors, 'blns', 'blns.json');
  const there = existsSync(list);
  test.info().annotations.push({ type: there ? 'naughty strings' : 'SKIPPED', description: list });
  if (!there) console.warn(`SKIPPED: no list of naughty strings at ${list}; a few of our own were used`);
  const strings = [...new Set([...FEW, ...(there ? (JSON.parse(readFileSync(list, 'utf8')) as string[]) : [])])];
  const key = await vendor.license(1);
  const { page } = portal;
  const shape = await elements();

  for (let from = 0; from < strings.length; from += 130) {
    const part = strings.slice(from, from + 130);
    await portal.drop(...part.map((name) => file(new Forger(vendor, name).request(key, { variables: { note: name.slice(0, 300) } }), name)));
    await expect(portal.heading).toHaveText(portal.word('list.title', String(part.length)));
    await expect(page.getByText(portal.word('state.reading'), { exact: true })).toHaveCount(0, { timeout: 30_000 });
    const shown = await page.evaluate(() => [...document.querySelectorAll('main li')].map((item) => item.textContent ?? ''));
    expect(shown).toHaveLength(part.length);
    part.forEach((name, place) => expect(flat(shown[place]!), `file name ${JSON.stringify(name)}`).toContain(flat(name)));
    expect(await elements()).toEqual(shape);
    await portal.button('list.home').click();
    await portal.page.getByRole('button', { name: portal.word('transfers.clear') }).click();
  }

  // One at a time, as the device's name on the slip.
  for (const name of FEW) {
    const bytes = new Forger(vendor, name).request(key, { variables: { note: name } });
    await portal.drop(file(bytes, name));
    await portal.at('review.request_title');
    const heading = portal.main.getByRole('heading', { level: 2 }).first();
    await expect(heading).toContainText(portal.word('review.on_device', isolated(name)));
    await expect(portal.main.getByRole('cell', { name, exact: true })).toBeVisible();
    expect(await elements()).toEqual(shape);
    await portal.button('review.cancel').click();
    await portal.at('choose.title');
  }
  await nothingSent(watch, page);

  /** Elements that text can never bring into a page. */
  async function elements(): Promise<Record<string, number>> {
    return page.evaluate(() =>
      Object.fromEntries(['script', 'img', 'iframe', 'object', 'embed', 'style', 'svg', 'base', 'meta'].map((tag) => [tag, document.querySelectorAll(tag).length])),
    );
  }
});

test('a naughty device name goes to the license and back as it was', async ({ portal, vendor }) => {
  const name = '<img src=x onerror=alert(1)> & "WS" *17* {0}';
  const device = await vendor.device(name);
  await portal.carry('request', file(await device.request(await vendor.license(1))), 'activated');
  await expect(portal.main).toContainText(name);
  const license = await portal.download('done.download_license');
  expect(license.name).toMatch(/^[\w-]+\.\w+$/);
  await device.load(license.bytes);
});

test('security headers are on every kind of answer', async ({ vendor }) => {
  const page = await fetch(vendor.base);
  const policy = page.headers.get('content-security-policy') ?? '';
  const html = await page.text();
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src [^;]*'wasm-unsafe-eval'/);
  expect(policy).not.toMatch(/script-src[^;]*('unsafe-inline'|'unsafe-eval'|\*|https?:)/);
  expect(policy).not.toMatch(/style-src[^;]*'unsafe-inline'/);
  for (const directive of ['base-uri', 'form-action', 'frame-ancestors']) expect(policy).toContain(directive);
  const wasm = /href="([^"]+\.wasm)"|'([^']+\.wasm)'/.exec(html);
  expect(wasm, 'the page names its WebAssembly').not.toBeNull();
  const paths = ['', 'api/v1/tenant', 'theme.css', 'submit', 'api/v1/nothing', new URL(wasm![1] ?? wasm![2]!, vendor.base).href];
  for (const path of paths) {
    const { headers, status } = await fetch(new URL(path, vendor.base));
    await test.step(`${path || 'the page'} (${status})`, async () => {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('content-security-policy')).toBeTruthy();
      expect(headers.get('server')).toBeNull();
      expect(headers.get('set-cookie'), 'D-23: no cookie').toBeNull();
    });
  }
  const program = await fetch(new URL(wasm![1] ?? wasm![2]!, vendor.base), { headers: { 'accept-encoding': 'br' } });
  expect(program.headers.get('content-type')).toBe('application/wasm');
  expect(program.headers.get('content-encoding')).toBe('br');
  expect(program.headers.get('cache-control')).toMatch(/immutable/);
});

test('cross-tenant access: a file or an answer of one vendor is not found at another', async ({ vendor, other }) => {
  const request = await (await vendor.device('WS-80')).request(await vendor.license(1));
  expect((await vendor.post(request)).status).toBe(201);
  expect((await other.post(request)).body['code']).toBe('document.other_vendor');
  await expect(other.stored(request)).rejects.toThrow('404');
});

test('two vendors on one server keep their own lists in one browser', async ({ portal, vendor, other }) => {
  await portal.carry('request', file(await (await vendor.device('WS-81')).request(await vendor.license(1))), 'activated');
  await portal.page.goto(other.base);
  await portal.at('choose.title');
  await expect(portal.page.getByText(other.name).first()).toBeVisible();
  await expect(portal.transfers).toHaveCount(0);
});

test('a vendor with a host name of its own has the portal at its root, beside those under a path', async ({ visit, other, watch }) => {
  const { page, portal } = await visit({ base: `http://${GLOBEX}:${other.server.port}/` });
  await portal.open();
  await expect(page.getByText(other.name).first()).toBeVisible();
  const device = await other.device('WS-82');
  const request = await device.request(await other.license(1));
  await portal.carry('request', file(request), 'activated');
  expect(watch.sent().map((sent) => new URL(sent.url()).pathname)).toEqual(['/api/v1/documents']);
  const license = await portal.download('done.download_license');
  // The same portal under its path gives the same answer.
  expect(license.bytes.equals((await other.stored(request)).license!)).toBe(true);
  await device.load(license.bytes);
});

/** White space as a page shows it. */
function flat(text: string): string {
  return text.toWellFormed().replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/gu, ' ').trim();
}
