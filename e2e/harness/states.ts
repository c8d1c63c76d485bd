import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import { artifacts } from './binaries';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDE = { width: 1100, height: 900 };

/** How a state is looked at: a name for its picture, and what is set for it. */
const LOOKS = [
  { look: 'light', width: WIDE.width, scheme: 'light', axe: true },
  { look: 'dark', width: WIDE.width, scheme: 'dark', axe: true },
  { look: 'phone', width: 390, scheme: 'light', axe: true },
  { look: 'narrow', width: 320, scheme: 'light', axe: false },
] as const;

/**
 * Looks at a state of the page from all sides: light, dark, as on a phone, and as narrow as WCAG asks for. Nothing may be
 * cut off to the side, axe may find nothing, and a picture of each is kept.
 */
export async function state(page: Page, name: string): Promise<void> {
  await test.step(`state ${name}`, async () => {
    for (const { look, width, scheme, axe } of LOOKS) {
      await page.setViewportSize({ width, height: WIDE.height });
      await page.emulateMedia({ colorScheme: scheme });
      const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(wide, `${name}, ${look}: no scrolling to the side`).toBeLessThanOrEqual(seen!);
      if (axe) await accessible(page, `${name}, ${look}`);
      await page.screenshot({ path: join(artifacts, 'states', `${name}-${look}.png`), fullPage: true });
    }
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'light' });
  });
}

/** axe finds nothing. */
export async function accessible(page: Page, what: string): Promise<void> {
  // axe brings types of another Playwright along; the page is the same.
  const { violations } = await new AxeBuilder({ page: page as never }).withTags(WCAG).setLegacyMode(true).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}`);
  expect(found, `axe on ${what}`).toEqual([]);
}
