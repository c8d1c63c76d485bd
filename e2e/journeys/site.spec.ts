import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../harness/binaries';
import { file } from '../harness/portal';
import { state } from '../harness/states';
import { expect, test } from '../harness/test';
import { nothingSent } from '../harness/watch';

const golden = (name: string): Buffer => readFileSync(join(root, 'testkit', 'golden', name));

interface Trusts {
  trusts: Record<string, { vendor: string; root: string }>;
}

const { trusts } = JSON.parse(readFileSync(join(root, 'testkit', 'index.json'), 'utf8')) as Trusts;
const trust = trusts['root']!;

/** The page believes the vendor of the test kit. */
async function asAcme(page: Page): Promise<void> {
  await page.route('**/api/v1/tenant', async (route) => {
    const info = (await (await route.fetch()).json()) as Record<string, unknown>;
    const vendor = { id: trust.vendor, name: 'Acme Software' };
    await route.fulfill({ json: { ...info, vendor, root_key: trust.root, keyring: null } });
  });
}

test('ALT-02: a pool file is named for what it is, and stays here', async ({ visit, watch }) => {
  const { page, portal } = await visit();
  await asAcme(page);
  await portal.open();
  await portal.bring(file(golden('pool.txt'), 'acme-pool-linz.txt'));
  await portal.at('review.pool_title');
  await expect(portal.main).toContainText(portal.word('review.pool_lead'));
  expect(await portal.states()).toEqual(['passed', 'passed']);
  await expect(portal.button('review.pool_do')).toHaveCount(0);
  await state(page, '60-pool-file');
  await nothingSent(watch, page);
});

test('ALT-03: a pool request is looked over, sent, and answered with a pool file', async ({ visit }) => {
  const { page, portal } = await visit();
  await asAcme(page);
  const posted: string[] = [];
  await page.route('**/api/v1/documents', async (route) => {
    posted.push(route.request().postData() ?? '');
    const pool = { name: 'acme-pool-linz.txt', text: golden('pool.txt').toString(), number: 7 };
    await route.fulfill({ status: 201, json: { outcome: 'answered', pool } });
  });
  await portal.open();
  await portal.bring(file(golden('pool-request.txt'), 'linz-request.txt'));
  await portal.at('review.pool_request_title');
  await expect(portal.main).toContainText('Northline, Linz');
  await expect(portal.main).toContainText('license-1 license-2 license-3 license-9');
  await expect(portal.main.getByText(portal.word('fact.released'))).toBeVisible();
  expect(await portal.states()).toEqual(['passed', 'passed']);
  await state(page, '61-pool-request');
  expect(posted).toEqual([]);
  await portal.button('review.pool_do').click();
  await portal.at('done.answered_title');
  expect(posted).toEqual([golden('pool-request.txt').toString()]);
  await state(page, '62-pool-answered');
  const got = await portal.download('done.download_pool');
  expect([got.name, got.bytes.toString()]).toEqual(['acme-pool-linz.txt', golden('pool.txt').toString()]);
});
