import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Forger, instant, usage } from '../harness/forge';
import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import { files } from '../harness/vendor';
import { nothingSent } from '../harness/watch';

const HOUR = 3600;

test('D-01: an answer that the vendor did not sign for this very file never counts as done', async ({ portal, vendor }) => {
  const { page } = portal;
  const key = await vendor.license(3);
  const other = await vendor.post(await (await vendor.device('WS-110')).request(key));
  const own = await (await vendor.device('WS-111')).request(key);
  const genuine = (await vendor.post(own)).text;
  const forged: Record<string, string> = {
    'the answer to another file': other.text,
    'its own answer with a changed license': changed(genuine, 'license'),
    'its own answer with a changed receipt': changed(genuine, 'receipt'),
    'nothing but a word': '{"outcome":"activated"}',
    'a web page': '<!doctype html><title>Proxy</title>',
  };
  for (const [what, body] of Object.entries(forged)) {
    await test.step(what, async () => {
      await page.route('**/api/v1/documents', (route) => route.fulfill({ status: 201, contentType: 'application/json', body }));
      await portal.review('request', file(own, `${what}.txt`));
      await portal.agree('request');
      const code = /web page|word/.test(what) ? 'page.answer_unreadable' : 'page.answer_not_genuine';
      await portal.at(`code.${code}.title`);
      await expect(portal.button('done.download_license')).toHaveCount(0);
      await page.unroute('**/api/v1/documents');
    });
  }
  await state(page, '50-answer-not-genuine');
  // Without the forger in the middle the same file goes through.
  await portal.carry('request', file(own, 'again.txt'), 'activated');
});

/** An answer in which one character of a file's signature is another. */
function changed(answer: string, name: 'license' | 'receipt'): string {
  const body = JSON.parse(answer) as Record<typeof name, { text: string }>;
  body[name].text = body[name].text.replace(/(Signature: [0-9a-f]{16} .{20})(.)/, (_, head: string, one: string) => head + (one === 'A' ? 'B' : 'A'));
  return JSON.stringify(body);
}

test('D-08: a wrong clock informs and never decides', async ({ portal, vendor }) => {
  const shifts = { 23: undefined, [-25]: 'note.clock_away', [24 * 8]: 'note.clock_implausible', [-24 * 8]: 'note.clock_implausible' };
  for (const [hours, note] of Object.entries(shifts)) {
    await test.step(`${hours} hours`, async () => {
      const request = new Forger(vendor).request(await vendor.license(1), { created_at: instant(Number(hours) * HOUR) });
      await portal.carry('request', file(request, `clock${hours}.txt`), 'activated');
      if (note) await expect(portal.text(note)).toBeVisible();
      else await expect(portal.main.getByText(/clock/)).toHaveCount(0);
      await portal.home();
    });
  }
});

test('D-09: the same device with another network card takes no further seat, and the page names what differs', async ({ portal, vendor }) => {
  const key = await vendor.license(1);
  const device = new Forger(vendor, 'WS-112');
  const part = (name: string, digit: string) => ({ name, source: 'hardware', hash: digit.repeat(32), weight: 30 });
  const before = device.request(key, { fingerprint: { parts: [part('board', '1'), part('disks', '2'), part('network', '3')] } });
  expect((await vendor.post(before)).status).toBe(201);
  const after = device.request(key, { fingerprint: { parts: [part('board', '1'), part('disks', '2'), part('network', '4')] } });
  await portal.carry('request', file(after), 'repaired');
  await expect(portal.text('note.fingerprint')).toContainText('network');
  await state(portal.page, '51-repaired');
  expect((await vendor.post(after)).body).toMatchObject({ seat: { used: 1, total: 1 } });
});

test('D-39: a return for a license that was switched off is accepted, and the receipt names its present status', async ({ portal, vendor }) => {
  const key = await vendor.license(1);
  const device = await vendor.activated('WS-113', key);
  await vendor.update(key, '--disable');
  await portal.carry('deactivation', file(await device.deactivate()), 'returned');
  await expect(portal.main).toContainText(portal.word('note.status', portal.word('status.inactive')));
  await device.load((await portal.download('done.download_receipt')).bytes);
  expect(await device.status()).toMatchObject({ returned: { confirmed: true } });
});

test('what the vendor does not allow is refused, each with its own words', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const cases = [
    ['license.inactive', ['--disable']],
    ['license.expired', ['--end', '2020-01-31']],
    ['license.offline_not_allowed', ['--no-offline']],
  ] as const;
  for (const [code, terms] of cases) {
    await test.step(code, async () => {
      const key = await vendor.license(1);
      await vendor.update(key, ...terms);
      await portal.review('request', file(new Forger(vendor).request(key), `${code}.txt`));
      await portal.agree('request');
      await portal.refused(code);
    });
  }
});

test('D-04, D-32: a whole folder is brought, whatever its files are called', async ({ portal, vendor, watch }) => {
  const key = await vendor.license(9);
  const folder = join(vendor.server.directory, 'stick');
  await mkdir(join(folder, 'deep'), { recursive: true });
  for (const name of ['one', 'deep/two.lic', 'deep/three.tx_']) await writeFile(join(folder, name), new Forger(vendor).request(key));
  const [chooser] = await Promise.all([portal.page.waitForEvent('filechooser'), portal.button('choose.folder').click()]);
  await chooser.setFiles(folder);
  await expect(portal.heading).toHaveText(portal.word('list.title', '3'));
  await nothingSent(watch, portal.page);
  await portal.button('list.send', '3').click();
  await expect(portal.list.getByText(portal.word('state.done'), { exact: true })).toHaveCount(3);
});

test('usage that was reported is counted once, however often and in whatever order its files arrive', async ({ portal, vendor }) => {
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const device = new Forger(vendor, 'WS-114');
  device.load(files((await vendor.post(device.request(key))).body).license);
  const first = device.report(usage(1, 'renders', [10]));
  const second = device.report(usage(2, 'renders', [10, 5], 0, first));
  const closing = device.deactivation(usage(3, 'renders', [10, 5, 1], 0, second));
  for (const [name, bytes] of Object.entries({ second, first, again: second })) await portal.bring(file(bytes, `${name}.txt`)).then(() => send(name));
  await portal.carry('deactivation', file(closing, 'closing.txt'), 'returned');
  expect((await vendor.post(closing)).body).toMatchObject({ outcome: 'returned', usage: [{ id: 'renders', after: 16 }] });

  async function send(name: string): Promise<void> {
    await expect(portal.main).toContainText(`${name}.txt`);
    await portal.agree('usage');
    await expect(portal.button('done.another')).toBeVisible();
    await portal.home();
  }
});
