import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import type { Vendor } from '../harness/vendor';

/** The activation of a device, as the vendor's command lists it. */
async function activation(vendor: Vendor, device: string): Promise<{ id: string; state: string }> {
  const listed = await vendor.server.command('activation', 'list', '--tenant', vendor.slug);
  const line = listed.split('\n').find((line) => line.split('\t')[3] === device)?.split('\t');
  if (!line) throw new Error(`no activation of ${device} in: ${listed}`);
  return { id: line[1]!, state: line[5]! };
}

/** Staff act at the command line. */
function staff(vendor: Vendor, what: string, id: string, who: string, ...more: string[]): Promise<string> {
  return vendor.server.command('activation', what, '--tenant', vendor.slug, '--as', who, ...more, id);
}

test('HEX, D-26: a device that staff re-hosted is refused in words, its late proof is accepted, and its replacement works', async ({
  portal,
  vendor,
  watch,
}) => {
  watch.expectRefusal();
  const key = await vendor.license(1, '--feature', 'renders=Renders', '--counter', 'renders=1000');
  const old = await vendor.activated('WS-OLD', key);
  await old.consume('renders', 3);
  const replacement = await vendor.device('WS-NEW');
  const request = await replacement.request(key);

  await test.step('no seat is left, and the page names the ways to free one', async () => {
    await portal.review('request', file(request, 'new.txt'));
    await portal.agree('request');
    await portal.refused('seat.none');
    await expect(portal.main).toContainText('WS-OLD');
    await expect(portal.main).toContainText('lost or broken');
    await state(portal.page, '70-seat-none');
  });

  await test.step('staff re-host: the seat is free, and the device is an orphan', async () => {
    await staff(vendor, 'rehost', (await activation(vendor, 'WS-OLD')).id, 'mara', '--reason', 'out_of_reach', '--text', 'ship at sea');
    expect((await activation(vendor, 'WS-OLD')).state).toContain('orphan on device');
  });

  await test.step('the replacement is licensed by the file that was refused before', async () => {
    await portal.open();
    await portal.carry('request', file(request, 'new.txt'), 'activated');
    await replacement.load((await portal.download('done.download_license')).bytes);
    expect(await replacement.check('renders')).toBe(true);
  });

  await test.step('usage of the old device is refused, says what to do, and opens a case', async () => {
    await portal.home();
    await portal.review('refresh', file(await old.report(), 'usage.txt'));
    await portal.agree('refresh');
    await portal.refused('activation.retired');
    await expect(portal.main).toContainText('deactivation file');
    await state(portal.page, '71-activation-retired');
    const cases = await vendor.server.command('case', 'list', '--tenant', vendor.slug);
    expect(cases).toContain('orphan');
  });

  await test.step('a request of the old device is refused: it is blocked', async () => {
    await portal.open();
    await portal.review('request', file(await old.request(key), 'again.txt'));
    await portal.agree('request');
    await portal.refused('device.blocked');
  });

  await test.step('the late proof is accepted with its usage, and says that the seat had been freed before', async () => {
    await portal.open();
    await portal.carry('deactivation', file(await old.deactivate(), 'return.txt'), 'returned');
    await expect(portal.text('note.freed_before')).toBeVisible();
    await state(portal.page, '72-late-proof');
    await old.load((await portal.download('done.download_receipt')).bytes);
    expect(await old.status()).toMatchObject({ returned: { confirmed: true } });
    expect((await activation(vendor, 'WS-OLD')).state).not.toContain('orphan');
    expect(await vendor.server.command('case', 'list', '--tenant', vendor.slug)).not.toContain('orphan');
  });

  await test.step('the replacement goes on', async () => {
    expect(await replacement.check('renders')).toBe(true);
    const report = await replacement.report();
    await portal.home();
    await portal.carry('refresh', file(report, 'report.txt'), 'booked');
  });
});

test('D-11, D-28: a lost device waits for a second person, who is another one', async ({ portal, vendor }) => {
  const key = await vendor.license(1);
  await vendor.activated('WS-LOST', key);
  const { id } = await activation(vendor, 'WS-LOST');
  const asked = await staff(vendor, 'declare-lost', id, 'mara', '--reason', 'stolen');
  const approval = asked.trim().split('\t')[0]!;
  const same = await vendor.server.attempt('activation', 'approve', '--tenant', vendor.slug, '--as', 'mara', approval);
  expect(same.code).not.toBe(0);
  expect(same.stderr).toContain('approval.same_person');
  await staff(vendor, 'approve', approval, 'jon');
  expect((await activation(vendor, 'WS-LOST')).state).toContain('lost');
  await portal.carry('request', file(await (await vendor.device('WS-NEXT')).request(key)), 'activated');
});
