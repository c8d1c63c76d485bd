import { Key, content, dsse, read, write } from '../harness/armor';
import { Forger, id, instant, seal, usage } from '../harness/forge';
import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import { files } from '../harness/vendor';
import { nothingSent } from '../harness/watch';

test('D-18: an altered file is told apart from a damaged one, and changes nothing', async ({ portal, vendor, watch }) => {
  const device = await vendor.activated('WS-40', await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000'));
  await device.consume('renders', 900);
  const report = await device.report();
  const document = read(report);
  const payload = Buffer.from(document.payload.toString().replaceAll('900', '9'));
  // Digest and length follow the new content: only the signature tells.
  const altered = write({ ...document, payload });
  await portal.choose(file(altered, 'ws-40-usage.txt'));
  await portal.refused('bad_signature');
  await state(portal.page, '21-refused-altered');
  expect((await vendor.inspect(altered)).verdict).toBe('bad_signature');
  await nothingSent(watch, portal.page);
  // The portal refuses it as well, if somebody sends it past the page.
  expect((await vendor.post(altered)).body).toMatchObject({ status: 422, code: 'bad_signature', changed: false });
});

test('D-16: a receipt, a keyring and a license file are named for what they are', async ({ portal, vendor, watch }) => {
  const key = await vendor.license(1);
  const device = await vendor.device('WS-41');
  const request = await device.request(key);
  const { license, receipt } = files((await vendor.post(request)).body);
  await portal.review('receipt', file(receipt!, 'receipt.txt'));
  await expect(portal.main.getByText('WS-41').first()).toBeVisible();
  await state(portal.page, '22-receipt-explained');

  const info = (await (await fetch(`${vendor.base}api/v1/tenant`)).json()) as { keyring: string };
  await portal.review('keyring', file(info.keyring, 'keyring.txt'));
  await state(portal.page, '23-keyring-explained');

  await portal.review('license', file(license!, 'license.txt'));
  await expect(portal.action('license')).toBeEnabled();
  await nothingSent(watch, portal.page);
  expect((await vendor.post(receipt!)).body['code']).toBe('document.not_for_upload');
});

test('D-16: a file for another vendor is named, with that vendor', async ({ portal, vendor, other, watch }) => {
  const device = await other.device('WS-42');
  const request = await device.request(await other.license(1));
  await portal.choose(file(request));
  await portal.refused('document.other_vendor');
  await expect(portal.main).toContainText(other.name);
  expect((await vendor.inspect(request)).verdict).toBe('document.other_vendor');
  await state(portal.page, '24-other-vendor');
  await nothingSent(watch, portal.page);
});

test('D-18: an unknown key is told apart from a bad signature', async ({ portal, vendor, other, watch }) => {
  // A keyring that calls itself this vendor's, signed by a root key that is not.
  const info = (await (await fetch(`${other.base}api/v1/tenant`)).json()) as { keyring: string };
  const stranger = { ...content(Buffer.from(info.keyring)), vendor: vendor.named };
  const forged = seal('LICENSE KEYRING', 'keyring', Buffer.from(JSON.stringify(stranger)), new Key());
  await portal.choose(file(forged));
  await portal.refused('key.unknown');
  expect((await vendor.inspect(forged)).verdict).toBe('key.unknown');
  await nothingSent(watch, portal.page);
});

test('D-14: the same file twice gets the same answer again, and says when it was processed', async ({ portal, vendor }) => {
  const device = await vendor.device('WS-43');
  const request = await device.request(await vendor.license(2));
  await portal.carry('request', file(request), 'activated');
  const once = await portal.download('done.download_receipt');
  await portal.home();
  await portal.carry('request', file(request, 'again.txt'), 'activated');
  await expect(portal.text('done.first')).toBeVisible();
  await state(portal.page, '25-done-again');
  const again = await portal.download('done.download_receipt');
  expect(again.bytes.equals(once.bytes)).toBe(true);
  // Not a single seat more.
  expect((await vendor.post(request)).body).toMatchObject({ seat: { used: 1, total: 2 } });
});

test('D-14: the same id with other bytes is altered', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const key = await vendor.license(2);
  const device = new Forger(vendor, 'WS-44');
  const name = id();
  expect((await vendor.post(device.request(key, { id: name }))).status).toBe(201);
  await portal.review('request', file(device.request(key, { id: name, created_at: instant(1) })));
  await portal.agree('request');
  await portal.refused('document.altered');
  await state(portal.page, '26-same-id-other-bytes');
});

test('D-15: an outdated request is named, and the newer license is offered', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const key = await vendor.license(1);
  const device = new Forger(vendor, 'WS-45');
  const old = device.request(key, { created_at: instant(-600) });
  const newer = await vendor.post(device.request(key));
  await portal.review('request', file(old));
  await portal.agree('request');
  await portal.refused('request.outdated');
  const offered = await portal.download('refused.offer');
  expect(offered.bytes.equals(files(newer.body).license!)).toBe(true);
  await state(portal.page, '27-outdated');
});

test('D-15: a late usage report is outdated, and nothing is booked twice', async ({ portal, vendor }) => {
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const device = new Forger(vendor, 'WS-46');
  device.load(files((await vendor.post(device.request(key))).body).license);
  const late = device.report(usage(1, 'renders', [5]));
  const newer = device.report(usage(2, 'renders', [5, 7], 0, late));
  expect((await vendor.post(newer)).body).toMatchObject({ outcome: 'booked', usage: [{ id: 'renders', after: 12 }] });
  await portal.carry('usage', file(late), 'outdated');
  await state(portal.page, '28-done-outdated');
  expect((await vendor.post(late)).body).toMatchObject({ usage: [{ id: 'renders', after: 12 }] });
});

test('D-38: doctored usage is shown before it is sent, taken, and held for the desk', async ({ portal, vendor }) => {
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const device = new Forger(vendor, 'WS-47');
  device.load(files((await vendor.post(device.request(key))).body).license);
  const doctored = device.report({ ...usage(1, 'renders', [900]), closing: { renders: 9 } });
  await portal.review('usage', file(doctored));
  await expect(portal.text('note.desk')).toBeVisible();
  expect((await vendor.inspect(doctored)).checks.at(-1)).toEqual({ check: 'usage', state: 'noted' });
  await state(portal.page, '29-review-doctored');
  await portal.agree('usage');
  await portal.at('done.held_title');
  await state(portal.page, '30-done-held');
});

test('D-37: consumption above the maximum is booked and flagged', async ({ portal, vendor }) => {
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=100');
  const device = new Forger(vendor, 'WS-48');
  device.load(files((await vendor.post(device.request(key))).body).license);
  await portal.review('usage', file(device.report(usage(1, 'renders', [130]))));
  await expect(portal.main.getByRole('row', { name: /Renders/ })).toContainText(portal.word('review.over'));
  await portal.agree('usage');
  await portal.at('done.booked_title');
  await expect(portal.text('note.over')).toBeVisible();
});

test('D-40: no seat is left; nothing is used up, and the devices that hold them are listed', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const key = await vendor.license(2);
  const [reception, laboratory] = [await vendor.activated('RECEPTION', key), await vendor.activated('LABORATORY', key)];
  const third = await vendor.device('WS-49');
  const request = await third.request(key);
  await portal.review('request', file(request));
  await portal.agree('request');
  await portal.refused('seat.none');
  await expect(portal.main).toContainText(reception.name);
  await expect(portal.main).toContainText(laboratory.name);
  await state(portal.page, '31-no-seat');

  // A seat becomes free, and the very same file goes through.
  expect((await vendor.post(await laboratory.deactivate())).status).toBe(201);
  await portal.open();
  await portal.carry('request', file(request), 'activated');
});

test('D-36: a file from an activation that was given back is refused, with the time of the return', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const zombie = new Forger(vendor, 'WS-50');
  zombie.load(files((await vendor.post(zombie.request(key))).body).license);
  expect((await vendor.post(zombie.deactivation(usage(1, 'renders', [])))).status).toBe(201);
  await portal.review('usage', file(zombie.report(usage(2, 'renders', [3]))));
  await portal.agree('usage');
  await portal.refused('activation.returned');
});

test('an unknown license key is refused with what to do', async ({ portal, vendor, other, watch }) => {
  watch.expectRefusal();
  const elsewhere = await other.license(1);
  await portal.review('request', file(new Forger(vendor).request(elsewhere)));
  await portal.agree('request');
  await portal.refused('license.unknown');
  await state(portal.page, '32-unknown-license');
});

test('the same document as a DSSE envelope is read and answered alike', async ({ portal, vendor }) => {
  const request = await (await vendor.device('WS-51')).request(await vendor.license(1));
  await portal.carry('request', file(JSON.stringify(dsse(request)), 'request.json'), 'activated');
  const receipt = await portal.download('done.download_receipt');
  expect(receipt.bytes.equals((await vendor.stored(request)).receipt!)).toBe(true);
});
