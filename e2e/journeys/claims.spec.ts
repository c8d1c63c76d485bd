import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';

const LOGIN = 'ada@acme.example';

test('LSP-03: a user signs in with the file, once, and the password is in none', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const { page } = portal;
  const login = `${vendor.slug}-${LOGIN}`;
  const said = await vendor.server.attempt('user', 'create', '--tenant', vendor.slug, '--login', login);
  const password = /password is (\S+);/.exec(said.stderr)![1]!;
  await vendor.license(1, '--user', login);
  const device = await vendor.device('WS-120');
  const request = await device.requestAs(login);
  expect(request.toString()).not.toContain(password);

  await portal.review('request', file(request));
  await portal.agree('request');
  await portal.at('waiting.sign_in_title');
  await state(page, '60-sign-in');
  const fields = [page.getByLabel(portal.word('waiting.login')), page.getByLabel(portal.word('waiting.password'))] as const;
  await fields[0].fill(login);
  await fields[1].fill('not the password');
  await portal.button('waiting.sign_in').click();
  await expect(portal.main).toContainText(portal.word('waiting.sign_in_wrong'));
  await state(page, '61-sign-in-wrong');

  // D-23: a reload in between loses nothing, and keeps no password.
  await page.reload();
  await portal.at('waiting.sign_in_title');
  await expect(fields[1]).toHaveValue('');
  await fields[0].fill(login);
  await fields[1].fill(password);
  // By keyboard: Enter sends the form.
  await fields[1].press('Enter');
  await portal.at('done.activated_title');
  const license = await portal.download('done.download_license');
  expect(license.bytes.toString()).not.toContain(password);
  await device.load(license.bytes);
  expect((await device.status()).licensed).toBe(true);
  expect(await page.context().cookies()).toEqual([]);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(kept).not.toContain(password);
});

test('LSP-04: a subscription is refused, and told why', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const device = await vendor.device('WS-121');
  const request = await device.request(await vendor.license(1, '--subscription'));
  await portal.review('request', file(request));
  await portal.agree('request');
  await portal.refused('license.subscription');
  await state(portal.page, '62-subscription');
});

test('LSP-15, LSP-17: what a policy does not allow is refused, until it does', async ({ portal, vendor, watch }) => {
  watch.expectRefusal();
  const policy = `${vendor.slug}-strict`;
  const of = ['--tenant', vendor.slug];
  await vendor.server.command('policy', 'create', ...of, '--id', policy, '--name', 'Strict', '--no-offline');
  const key = await vendor.license(1, '--policy', policy);
  const request = await (await vendor.device('WS-122')).request(key);
  await portal.review('request', file(request));
  await portal.agree('request');
  await portal.refused('license.offline_not_allowed');
  await vendor.server.command('policy', 'update', ...of, policy, '--offline');
  await portal.button('refused.another').click();
  await portal.carry('request', file(request, 'again.txt'), 'activated');
});
