import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts } from '../harness/binaries';
import { carried, file } from '../harness/portal';
import { accessible } from '../harness/states';
import { expect, test } from '../harness/test';

test('the whole activation by keyboard alone', async ({ portal, vendor }) => {
  const { page } = portal;
  const request = await (await vendor.device('WS-90')).request(await vendor.license(1));
  const press = async (target: ReturnType<typeof portal.button>) => {
    for (let tabs = 0; tabs < 40; tabs += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        await expect(target, 'the focus can be seen').toHaveCSS('outline-style', /solid|auto|dashed|double/);
        return page.keyboard.press('Enter');
      }
      await page.keyboard.press('Tab');
    }
    throw new Error('the keyboard does not get there');
  };
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press(portal.pick)]);
  await chooser.setFiles({ name: 'ws-90.txt', mimeType: 'text/plain', buffer: request });
  await portal.at('review.request_title');
  await expect(portal.heading, 'a new page begins at its heading').toBeFocused();
  await press(portal.action('request'));
  await portal.at('done.activated_title');
  await expect(portal.heading).toBeFocused();
  const [download] = await Promise.all([page.waitForEvent('download'), press(portal.button('done.download_license'))]);
  expect((await carried(download)).bytes.equals((await vendor.stored(request)).license!)).toBe(true);
  await press(portal.button('done.another'));
  await portal.at('choose.title');
});

test('D-04: a file can be pasted, as a whole mail or into the field', async ({ portal, vendor }) => {
  const request = (await (await vendor.device('WS-91')).request(await vendor.license(1))).toString();
  await portal.paste(`Hello,\n\n${request}\n\nRegards`);
  await portal.at('review.request_title');
  await portal.button('review.cancel').click();
  await portal.at('choose.title');
  await portal.type(request);
  await portal.at('review.request_title');
  await portal.button('review.cancel').click();
  await portal.paste('nothing of that kind');
  await portal.refused('armor.not_found');
});

test('copy puts the file itself on the clipboard', async ({ portal, context, vendor }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const request = await (await vendor.device('WS-92')).request(await vendor.license(1));
  await portal.carry('request', file(request), 'activated');
  await portal.button('done.copy').first().click();
  await expect(portal.page.getByText(portal.word('done.copied'))).toBeVisible();
  const copied = await portal.page.evaluate(() => navigator.clipboard.readText());
  expect(Buffer.from(copied).equals((await vendor.stored(request)).license!)).toBe(true);
});

test('German: every state in the words of the browser', async ({ visit, vendor }) => {
  const { page, portal } = await visit({ locale: 'de-DE', language: 'de' });
  await portal.open();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.screenshot({ path: join(artifacts, 'states', '60-german-choose.png'), fullPage: true });
  await portal.review('request', file(await (await vendor.device('WS-93')).request(await vendor.license(1))));
  await page.screenshot({ path: join(artifacts, 'states', '61-german-review.png'), fullPage: true });
  await page.setViewportSize({ width: 320, height: 700 });
  await portal.fitsSideways();
  await page.setViewportSize({ width: 1100, height: 900 });
  await accessible(page, 'German review');
  await portal.agree('request');
  await portal.at('done.activated_title');
  await page.screenshot({ path: join(artifacts, 'states', '62-german-done.png'), fullPage: true });
  await portal.drop(file('nichts'));
  await portal.refused('armor.not_found');
});

test('the language can be chosen, and is kept', async ({ portal, visit, vendor }) => {
  const { page } = portal;
  await page.getByRole('combobox', { name: portal.word('top.language') }).selectOption('de');
  const german = (await visit({ language: 'de' })).portal;
  await expect(portal.heading).toHaveText(german.word('choose.title'));
  await page.reload();
  await expect(portal.heading).toHaveText(german.word('choose.title'));
  expect(vendor.slug).toBe('acme');
});

test('at 200 % and at 320 pixels nothing is cut off to the side', async ({ visit, vendor }) => {
  const device = await vendor.activated('A-WORKSTATION-WITH-A-VERY-LONG-NAME-IN-THE-BASEMENT-OF-BUILDING-NUMBER-SEVENTEEN', await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000'));
  await device.consume('renders', 3);
  const proof = await device.deactivate();
  // 1280 pixels at 200 % are 640 CSS pixels at twice the density; 320 is what WCAG 1.4.10 asks for.
  for (const [name, width, deviceScaleFactor] of [['200', 640, 2], ['320', 320, 1]] as const) {
    const { page, portal } = await visit({ viewport: { width, height: 700 }, deviceScaleFactor });
    await portal.open();
    await portal.fitsSideways();
    await portal.review('deactivation', file(proof, 'a-file-with-quite-a-long-name-that-nobody-would-ever-type-by-hand.txt'));
    await portal.fitsSideways();
    await page.getByText(portal.word('review.everything'), { exact: true }).click();
    await portal.fitsSideways();
    await page.screenshot({ path: join(artifacts, 'states', `63-review-at-${name}.png`), fullPage: true });
    await portal.drop(file(proof.subarray(0, 900)));
    await portal.refused('armor.truncated');
    await portal.fitsSideways();
    await page.screenshot({ path: join(artifacts, 'states', `64-refused-at-${name}.png`), fullPage: true });
  }
});

test('D-24: the receipt prints as a page of its own', async ({ portal, vendor }) => {
  const { page } = portal;
  const device = await vendor.activated('WS-94', await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000'));
  await device.consume('renders', 7);
  await portal.carry('deactivation', file(await device.deactivate()), 'returned');
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', 'yes');
  });
  await portal.button('done.print').click();
  await expect(page.locator('body')).toHaveAttribute('data-printed', 'yes');
  await page.emulateMedia({ media: 'print' });
  await expect(portal.button('done.download_receipt')).toBeHidden();
  await expect(portal.button('done.another')).toBeHidden();
  await expect(portal.main).toContainText('WS-94');
  await expect(portal.main).toContainText(/R-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: join(artifacts, 'states', '65-receipt-print.png'), fullPage: true });
  const pdf = await page.pdf({ format: 'A4' });
  writeFileSync(join(artifacts, 'states', '65-receipt.pdf'), pdf);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect((pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length, 'one sheet').toBe(1);
});

test('with motion reduced nothing moves', async ({ portal, vendor }) => {
  await portal.review('request', file(await (await vendor.device('WS-95')).request(await vendor.license(1))));
  const moving = await portal.page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
  expect(moving).toBe(0);
});

test('with motion allowed the journey is the same', async ({ visit, vendor }) => {
  const { portal } = await visit({ reducedMotion: 'no-preference' });
  await portal.open();
  await portal.carry('request', file(await (await vendor.device('WS-96')).request(await vendor.license(1))), 'activated');
});
