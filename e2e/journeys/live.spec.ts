import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import { nothingSent } from '../harness/watch';

test('ALT-22: the page follows the status of a license by itself', async ({ portal, vendor, watch }) => {
  const { page } = portal;
  const key = await vendor.license(2);
  const device = await vendor.device('WS-130');
  const request = await device.request(key);
  await portal.review('request', file(request));
  await nothingSent(watch, page);
  await portal.agree('request');
  await portal.at('done.activated_title');
  const told = portal.main.getByRole('status');
  await expect(told).toHaveText(portal.word('live.now', portal.word('status.active'), '1', '2'));
  await state(page, '70-live-active');

  // Another device takes a seat, and staff deactivate the license: no refresh, no click.
  await vendor.activated('WS-131', key);
  await expect(told).toHaveText(portal.word('live.now', portal.word('status.active'), '2', '2'));
  await vendor.server.command('pool', 'deactivate', '--tenant', vendor.slug, key);
  await expect(told).toHaveText(portal.word('live.now', portal.word('status.inactive'), '2', '2'));
  await state(page, '71-live-inactive');

  // Without a network it claims nothing; back again it says what is.
  await page.context().setOffline(true);
  await expect(told).toHaveText('');
  await vendor.server.command('pool', 'activate', '--tenant', vendor.slug, key);
  await page.context().setOffline(false);
  await expect(told).toHaveText(portal.word('live.now', portal.word('status.active'), '2', '2'));
});
