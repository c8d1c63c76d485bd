import type { Browser, Page } from '@playwright/test';
import { join } from 'node:path';
import { drop, open, type Noted } from './drop';
import { fleet } from './given';

/** The long usage report, dropped on the page. */
export async function ledger(browser: Browser, origin: string): Promise<Noted> {
  const opened = await open(browser, origin);
  const noted = await drop(opened, [join(fleet, 'report.txt')], 1);
  await opened.page.context().close();
  return noted;
}

/** What other programs must do at least with the same payload, in milliseconds. */
export async function hash(page: Page, origin: string): Promise<{ entries: number; parse: number; hash: number }> {
  await page.goto(`${origin}peers`);
  return page.evaluate(async (address) => {
    const text = await (await fetch(address)).text();
    const armor = text.slice(text.indexOf('-----BEGIN'), text.indexOf('-----END'));
    const base64 = armor.slice(armor.indexOf('\n\n')).replace(/\s/g, '');
    const payload = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    let began = performance.now();
    const content = JSON.parse(new TextDecoder().decode(payload)) as { usage: { entries: unknown[] } };
    const parse = performance.now() - began;
    began = performance.now();
    await crypto.subtle.digest('SHA-256', payload);
    return { entries: content.usage.entries.length, parse, hash: performance.now() - began };
  }, new URL('fleet/report.txt', origin).href);
}
