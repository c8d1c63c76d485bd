import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { content, type Content } from '../harness/armor';
import { root, vectors } from '../harness/binaries';
import { Forger, usage } from '../harness/forge';
import { file, type Portal } from '../harness/portal';
import { expect, test } from '../harness/test';
import { Vendor, files } from '../harness/vendor';
import type { Page } from '@playwright/test';

/** One of every kind that a page can be harmed by. */
const FEW = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '</title></textarea></script><iframe src=javascript:alert(1)>',
  "javascript:alert(1)//'\"`",
  '{{7*7}} ${7*7} {0} {1} *strong* `code`',
  '&lt;b&gt; &amp;#x202e; &#60;i&#62;',
  '‏שלום 123 ./exe‏',
  'ﷺ العربية',
  'a​b‍c',
  '田中さんにあげて下さい 👩‍👩‍👧',
  'Ω≈ç√∫˜µ≤≥÷ Z̮̞̠͙͔ͅḀ̗̞͈̻̗',
];

/** What is written in one fixed way, and is no free text: its last name, wherever it stands. */
const FIXED = ['id', 'key', 'license_key', 'hash', 'source', 'created_at', 'destroyed_at', 'payload', 'payloadType', 'keyid', 'sig', 'at', 'feature', 'previous'];

/** The free texts of a document, by the golden file of its kind: a new one is found here by itself. */
function places(name: string): string[][] {
  const golden = content(readFileSync(join(root, 'testkit/golden', `${name}.txt`)));
  const found: string[][] = [];
  const walk = (value: unknown, path: string[]): void => {
    if (typeof value === 'string' && !FIXED.includes(path.at(-1)!)) found.push(path);
    if (value && typeof value === 'object') {
      // Embedded documents are signed by others.
      for (const [key, inner] of Object.entries(value)) if (!['license', 'receipt', 'parts'].includes(key)) walk(inner, [...path, key]);
    }
  };
  walk(golden, []);
  return found;
}

/** Puts a text in each of these places. */
function put(document: Content, paths: string[][], text: string): Content {
  const copy = structuredClone(document);
  for (const path of paths) {
    let at = copy as Record<string, unknown>;
    for (const step of path.slice(0, -1)) at = (at[step] ??= {}) as Record<string, unknown>;
    at[path.at(-1)!] = text;
  }
  return copy;
}

test('threat: script in names: naughty strings in every text of every kind of file are shown as text', async ({ portal, vendor, watch }) => {
  test.setTimeout(240_000);
  watch.expectRefusal();
  const key = await vendor.license(500);
  const shape = await elements(portal.page);
  const paths = places('activation-request');
  expect(paths.map((path) => path.join('.')), 'the free texts of a request').toEqual(
    expect.arrayContaining(['vendor.name', 'product.name', 'product.version', 'device.name', 'platform.os', 'platform.arch', 'platform.client', 'variables.site']),
  );
  for (const text of strings()) {
    const device = new Forger(vendor, text);
    const named = { vendor: vendor.named, product: vendor.product, device: { key: device.key.public, name: text }, platform: {}, variables: {} };
    const request = device.request(key, put(named, paths, text));
    await portal.drop(file(request, 'request.txt'));
    await settled(portal);
    expect(await elements(portal.page), `request of ${JSON.stringify(text)}`).toEqual(shape);
    if (await portal.isRefused()) {
      await leave(portal);
      continue;
    }
    await expect(portal.main.getByText(text, { exact: false }).first()).toBeVisible();
    await portal.page.evaluate(() => document.querySelectorAll('details').forEach((part) => (part.open = true)));
    const shown = flat(await portal.main.innerText());
    // As it is, or in the payload as JSON writes it, where what nobody sees is spelled out.
    const json = JSON.stringify(text).slice(1, -1);
    const seen = json.replaceAll(/\p{Cf}/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
    const spellings = new Set([flat(text), flat(json), flat(seen)]);
    const said = [...spellings].reduce((sum, spelling) => sum + shown.split(spelling).length - 1, 0);
    expect(said, `every text of the request says ${JSON.stringify(text)}`).toBeGreaterThanOrEqual(paths.length);
    await leave(portal);

    // The same device reports and gives back, with the same words.
    const { status, body } = await vendor.post(request);
    expect([200, 201, 422], JSON.stringify(body)).toContain(status);
    if (status === 422) continue;
    const answer = files(body);
    device.load(answer.license, answer.receipt);
    for (const made of [device.report(usage(1, 'renders', [1]), { variables: { note: text } }), device.deactivation(usage(1, 'renders', [1]), { variables: { note: text } })]) {
      await portal.drop(file(made, 'file.txt'));
      await settled(portal);
      expect(await elements(portal.page), `file of ${JSON.stringify(text)}`).toEqual(shape);
      await leave(portal);
    }
  }
});

test('threat: script in names: what a vendor calls things is text on the page, in its title and in names of files', async ({ vendor, visit, watch }) => {
  test.setTimeout(120_000);
  watch.expectRefusal();
  let count = 0;
  for (const name of [0, 1, 3, 5, 7, 8].map((place) => FEW[place]!)) {
    count += 1;
    const slug = `naughty-${count}`;
    const made = await vendor.server.attempt('tenant', 'create', '--slug', slug, '--name', name, '--portal', `${vendor.server.origin}/t/${slug}/`);
    if (made.code !== 0) continue;
    const of = ['--tenant', slug];
    const product = await vendor.server.attempt('product', 'create', ...of, '--id', `${slug}-cad-pro`, '--name', name);
    expect(product.code, product.stderr).toBe(0);
    await vendor.server.command('vendor-file', ...of, '-o', join(vendor.server.directory, `${slug}-vendor.json`));
    const named = await Vendor.of(vendor.server, slug, name);
    const key = await named.license(2);
    const { page, portal } = await visit({ base: named.base });
    await portal.open();
    const shape = await elements(page);
    // A theme takes no name with marks that nobody sees; the portal then has a name of its own.
    if (!/[\u200b-\u200f]/u.test(name)) expect(flat(await page.locator('body').innerText())).toContain(flat(name));
    const device = new Forger(named, name);
    const request = device.request(key, { product: { id: named.product.id, name }, variables: { note: name } });
    await portal.drop(file(request, 'request.txt'));
    await portal.at('review.request_title');
    await portal.agree('request');
    await portal.at('done.activated_title');
    expect(await elements(page), name).toEqual(shape);
    expect(await page.title()).not.toBe('');
    const license = await portal.download('done.download_license');
    expect(license.name).toMatch(/^[\w-]+\.\w+$/);
    // The page for browsers without scripts says the same, as text.
    await page.goto(new URL('submit', named.base).href);
    const plain = await elements(page);
    await page.locator('input[type=file]').setInputFiles({ name: 'request.txt', mimeType: 'text/plain', buffer: request });
    await page.locator('form button').click();
    await expect(page.locator('form')).toHaveCount(0);
    await expect(page.locator('main')).toContainText(name);
    expect(await elements(page), name).toEqual(plain);
    await page.context().close();
  }
  expect(count).toBe(6);
});

/** Ours, and every fortieth of the big list. */
function strings(): string[] {
  const list = join(vectors, 'blns', 'blns.json');
  if (!existsSync(list)) {
    console.warn(`SKIPPED: no list of naughty strings at ${list}; a few of our own were used`);
    return FEW;
  }
  const all = JSON.parse(readFileSync(list, 'utf8')) as string[];
  return [...new Set([...FEW, ...all.filter((text, place) => place % 40 === 0 && text.trim())])];
}

/** Waits until the page has looked at a file. */
async function settled(portal: Portal): Promise<void> {
  await expect(portal.heading).not.toHaveText(portal.word('choose.title'), { timeout: 15_000 });
  await expect(portal.page.getByText(portal.word('state.reading'), { exact: true })).toHaveCount(0, { timeout: 15_000 });
}

/** Back to the beginning, with nothing kept. */
async function leave(portal: Portal): Promise<void> {
  await portal.page.evaluate(() => new Promise<void>((done) => {
    const all = indexedDB.databases().then((list) => Promise.all(list.map(({ name }) => new Promise((gone) => {
      const asked = indexedDB.deleteDatabase(name!);
      asked.onsuccess = asked.onerror = asked.onblocked = gone;
    }))));
    void all.then(() => done());
  }));
  await portal.open();
}

/** Elements that text can never bring into a page. */
async function elements(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() =>
    Object.fromEntries(['script', 'img', 'iframe', 'object', 'embed', 'base', 'meta', 'b', 'i', 'marquee'].map((tag) => [tag, document.querySelectorAll(tag).length])),
  );
}

/** White space as a page shows it, without the marks that keep directions apart. */
function flat(text: string): string {
  return text.toWellFormed().replaceAll(/[⁨⁩]/gu, '').replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/gu, ' ').trim();
}
