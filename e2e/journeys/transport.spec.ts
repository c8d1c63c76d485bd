import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, vectors } from '../harness/binaries';
import { HARMFUL, HARMLESS } from '../harness/mutations';
import { file, type Carried, type Portal } from '../harness/portal';
import { accessible, state } from '../harness/states';
import { expect, test } from '../harness/test';
import { nothingSent } from '../harness/watch';
import { hasWords } from '../harness/words';

test.describe.configure({ timeout: 180_000 });

test('D-02, D-03, D-04: what mail and editors do to a file does it no harm', async ({ portal, vendor, watch }) => {
  const device = await vendor.device('WS-30');
  const request = await device.request(await vendor.license(1));
  for (const { name, of, as } of HARMLESS) {
    await test.step(name, async () => {
      const bytes = of(request);
      await bring(portal, file(bytes, as));
      await portal.at('review.request_title');
      await expect(portal.checks).toHaveCount(2);
      expect((await vendor.inspect(bytes)).verdict).toBe('accepted');
    });
  }
  await nothingSent(watch, portal.page);
});

test('D-06: what is damaged is named for what happened to it, and nothing changes', async ({ portal, vendor, watch }) => {
  const device = await vendor.activated('WS-31', await vendor.license(1, '--feature', 'renders=Renders'));
  const proof = await device.deactivate();
  for (const { name, of, code, as } of HARMFUL) {
    await test.step(name, async () => {
      const bytes = of(proof);
      await bring(portal, file(bytes, as));
      await portal.refused(code);
      expect((await vendor.inspect(bytes)).verdict).toBe(code);
    });
  }
  await state(portal.page, '20-refused-in-browser');
  await nothingSent(watch, portal.page);
});

test('D-06: a file is named truncated wherever it was cut', async ({ portal, vendor, watch }) => {
  const request = await (await vendor.device('WS-32')).request(await vendor.license(1));
  // Up to the END line: behind it nothing is missing.
  const end = request.lastIndexOf('-----END') + 8;
  const armor = request.indexOf('-----BEGIN') + 40;
  for (let length = armor; length < end; length += Math.ceil((end - armor) / 12)) {
    await bring(portal, file(request.subarray(0, length), `cut-${length}.txt`));
    await portal.refused('armor.truncated');
  }
  await nothingSent(watch, portal.page);
});

test('D-16: files of other systems are recognized, named, and refused kindly', async ({ portal, watch }) => {
  const folder = join(vectors, 'keygen');
  const there = existsSync(folder);
  test.info().annotations.push({ type: there ? 'real files' : 'SKIPPED', description: folder });
  if (!there) console.warn(`SKIPPED: no real Keygen files at ${folder}; only those of the test kit were shown`);
  const real = there ? readdirSync(folder).filter((name) => /\.(lic|txt)$/.test(name)) : [];
  expect(there ? real.length : 1).toBeGreaterThan(0);
  for (const name of real) {
    await test.step(name, async () => {
      await bring(portal, file(readFileSync(join(folder, name)), name));
      await portal.refused('foreign.keygen');
      await expect(portal.heading).toContainText('Keygen');
    });
  }
  await accessible(portal.page, 'a foreign file');
  await nothingSent(watch, portal.page);
});

let brought = 0;

interface Vector {
  file: string;
  expect: string;
  kind: string | null;
  /** The field that a refusal names. */
  field?: string;
  checks: [string, string][];
  trust: string;
  why: string;
  /** Only so many bytes of the file. */
  cut?: number;
  /** The file stands there in short: a part of it comes so many times. */
  repeat?: { at: number; length: number; times: number };
  limits?: unknown;
}

interface Kit {
  vectors: Vector[];
  trusts: Record<string, { vendor: string; root: string; keyring?: string }>;
}

/** The bytes of a vector's file. */
function whole(vector: Vector): Buffer {
  const bytes = readFileSync(join(root, 'testkit', vector.file)).subarray(0, vector.cut);
  if (!vector.repeat) return bytes;
  const { at, length, times } = vector.repeat;
  const unit = bytes.subarray(at, at + length);
  return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length * times, unit), bytes.subarray(at + length)]);
}

const kit = JSON.parse(readFileSync(join(root, 'testkit', 'index.json'), 'utf8')) as Kit;

for (const [name, trust] of Object.entries(kit.trusts)) {
  // A vector with limits of its own needs a reader that is told them; the page's are the default ones.
  const wanted = kit.vectors.filter((vector) => vector.trust === name && !vector.limits);
  if (wanted.length === 0) continue;

  test(`the page gives every file of the test kit its expected code (trust ${name}, ${wanted.length} files)`, async ({ visit, watch }) => {
    const { page, portal } = await visit();
    await page.route('**/api/v1/tenant', async (route) => {
      const info = (await (await route.fetch()).json()) as Record<string, unknown>;
      const keyring = trust.keyring && readFileSync(join(root, 'testkit', trust.keyring), 'utf8');
      const other = { vendor: { id: trust.vendor, name: 'Acme Software' }, root_key: trust.root, keyring: keyring || null };
      await route.fulfill({ json: { ...info, ...other } });
    });
    await portal.open();
    const wrong: string[] = [];
    for (const vector of wanted) {
      const found = await verdict(portal, file(whole(vector), vector.file.split('/').pop()!));
      // The licenses of a pool file are for the server at a site: the page proves whose it is and hands it on unread.
      const unread = vector.kind === 'pool' && /^(licenses|unknown)\b/.test(vector.field ?? '');
      const expect = unread ? 'ok' : vector.expect;
      if (found !== expect) wrong.push(`${vector.file}: expected ${expect}, the page says ${found} (${vector.why})`);
      const checks = await portal.states();
      const expected = vector.checks.map(([, state]) => state);
      if (checks.join() !== expected.join()) wrong.push(`${vector.file}: checks ${expected.join()}, the page shows ${checks.join()} (${vector.why})`);
      if (vector.expect !== 'ok' && !hasWords(vector.expect)) wrong.push(`${vector.expect} has no words`);
    }
    expect(wrong).toEqual([]);
    await nothingSent(watch, page);
  });
}

/** Drops a file and waits until the page shows something for this very file. */
async function bring(portal: Portal, { name, bytes }: Carried): Promise<void> {
  brought += 1;
  const here = `${brought}-${name}`;
  await portal.drop({ name: here, bytes });
  await expect(portal.main.getByText(here)).toBeVisible();
}

/** `ok` or the code that the page gives a file. */
async function verdict(portal: Portal, dropped: Carried): Promise<string> {
  await bring(portal, dropped);
  await expect(portal.heading).not.toHaveText(portal.word('reading.title'), { timeout: 20_000 });
  return (await portal.isRefused()) ? portal.code() : 'ok';
}
