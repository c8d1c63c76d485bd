import { content } from '../harness/armor';
import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import { files } from '../harness/vendor';
import { nothingSent } from '../harness/watch';

test.describe.configure({ timeout: 120_000 });

test('the whole story: activate, consume, report, refresh, give back, and the seat is used elsewhere', async ({ portal, vendor, watch }) => {
  const { page } = portal;
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const first = await vendor.device('WS-17');
  await state(page, '01-choose');

  const request = await first.request(key);
  await test.step('D-01, D-27: a request is read here, and nothing leaves before the button', async () => {
    await portal.review('request', file(request, 'ws-17-request.txt'));
    await nothingSent(watch, page);
    await state(page, '02-review-request');
    await nothingSent(watch, page);
  });
  const license = await test.step('activation: the license is what the server stored, byte for byte', async () => {
    await portal.agree('request');
    await portal.at('done.activated_title');
    await state(page, '03-done-activated');
    const license = await portal.download('done.download_license');
    const stored = await vendor.stored(request);
    expect(license.bytes.equals(stored.license!)).toBe(true);
    expect(license.name.split('.').length, 'D-03: one dot in a name').toBe(2);
    const receipt = await portal.download('done.download_receipt');
    expect(receipt.bytes.equals(stored.receipt!)).toBe(true);
    await first.load(license.bytes);
    expect(await first.status()).toMatchObject({ licensed: true, code: 'ok', generation: 1 });
    return license.bytes;
  });

  await first.consume('renders', 240);
  await first.consume('renders', 2);
  const report = await first.report();
  await test.step('D-25: a usage report brings its receipt and a refresh file in the same trip', async () => {
    await portal.home();
    await portal.review('usage', file(report, 'ws-17-usage.txt'));
    await expect(portal.main.getByRole('row', { name: /Renders/ })).toContainText('+242');
    await state(page, '04-review-usage');
    await portal.agree('refresh');
    await portal.at('done.booked_title');
    await state(page, '05-done-booked');
    const receipt = await portal.download('done.download_receipt');
    const stored = await vendor.stored(report);
    expect(receipt.bytes.equals(stored.receipt!)).toBe(true);
    await first.load(receipt.bytes);
    // The same trip brings a refresh file: it acknowledges the usage (LSP-28).
    const refresh = await portal.download('done.download_license');
    expect(refresh.bytes.equals(stored.license!)).toBe(true);
    await first.load(refresh.bytes);
    expect(await first.status()).toMatchObject({ generation: 2, booked_report: 1, unbooked_uses: 0 });
  });

  await test.step('LSP-09: the entitlement changes, and the holder of the license file gets a refresh file', async () => {
    await vendor.update(key, '--counter', 'renders=5000');
    await portal.home();
    await portal.review('license', file(license, 'acme-license.txt'));
    await state(page, '06-review-license');
    await portal.agree('license');
    await portal.at('done.refreshed_title');
    await state(page, '07-done-refreshed');
    const refresh = await portal.download('done.download_license');
    expect(refresh.bytes.equals(files((await vendor.post(license)).body).license!)).toBe(true);
    expect(content(refresh.bytes)['generation']).toBe(3);
    await first.load(refresh.bytes);
    expect(await first.status()).toMatchObject({ generation: 3, features: [{ id: 'renders', used: 242, most: 5000 }] });
    await first.consume('renders', 1500);
    const older = await first.tryLoad(license);
    expect(older.code, 'a rolled-back refresh is refused by the device').not.toBe(0);
  });

  const proof = await first.deactivate();
  expect(await first.status()).toMatchObject({ licensed: false, returned: { confirmed: false } });
  expect((await first.deactivate()).equals(proof), 'D-13: the device prints the same proof again').toBe(true);
  expect(await first.check('renders')).toBe(false);
  await test.step('R1: the return frees the seat, and the receipt closes the circle', async () => {
    await portal.home();
    await portal.review('deactivation', file(proof, 'ws-17-return.txt'));
    await expect(portal.main.getByRole('row', { name: /Renders/ })).toContainText('+1,500');
    await state(page, '08-review-deactivation');
    await portal.agree('deactivation');
    await portal.at('done.returned_title');
    await expect(portal.main).toContainText('1,500');
    await state(page, '09-done-returned');
    const receipt = await portal.download('done.download_receipt');
    expect(receipt.bytes.equals((await vendor.stored(proof)).receipt!)).toBe(true);
    await first.load(receipt.bytes);
    expect(await first.status()).toMatchObject({ licensed: false, returned: { confirmed: true } });
  });

  await test.step('LSP-11: the only seat is used by a second device', async () => {
    const second = await vendor.device('WS-18');
    await portal.home();
    await state(page, '10-choose-with-transfers');
    await portal.carry('request', file(await second.request(key), 'ws-18-request.txt'), 'activated');
    const license = await portal.download('done.download_license');
    await second.load(license.bytes);
    expect(await second.check('renders')).toBe(true);
    const stolen = await first.tryLoad(license.bytes);
    expect(stolen.code, 'D-35: an answer is bound to its device').not.toBe(0);
  });
});

test('every file of the story has the same verdict on the page, at the command line and on the device', async ({ portal, vendor }) => {
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const device = await vendor.device('WS-20');
  const request = await device.request(key);
  const answer = await vendor.post(request);
  expect(answer.status).toBe(201);
  const activated = await vendor.stored(request);
  await device.load(activated.license!);
  await device.consume('renders', 5);
  const report = await device.report();
  await vendor.post(report);
  const booked = await vendor.stored(report);
  await device.load(booked.receipt!);
  const proof = await device.deactivate();

  const carried = { request, license: activated.license!, usage: report, receipt: booked.receipt!, deactivation: proof } as const;
  for (const [kind, bytes] of Object.entries(carried) as [keyof typeof carried, Buffer][]) {
    await test.step(kind, async () => {
      await portal.review(kind, file(bytes, `${kind}.txt`));
      const said = await vendor.inspect(bytes);
      expect(said.verdict).toBe('accepted');
      expect(said.checks.every((check) => check.state === 'passed')).toBe(true);
      await expect(portal.checks).toHaveCount(said.checks.length);
      const onDevice = await device.inspect(bytes);
      expect(onDevice.checks).toEqual(said.checks);
      expect(onDevice.verdict).toBe('accepted');
    });
  }
});
