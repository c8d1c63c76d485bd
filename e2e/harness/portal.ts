import { expect, type Download, type Locator, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { pattern, plain, type Language } from './words';

/** A file as a person brings it. */
export interface Carried {
  name: string;
  bytes: Buffer;
}

/** The kinds that the portal does something for. */
export type Kind = 'request' | 'license' | 'deactivation' | 'usage' | 'refresh';

/** The customer's page, by what a person sees on it. */
export class Portal {
  readonly page: Page;
  readonly base: string;
  readonly #language: Language;

  constructor(page: Page, base: string, language: Language = 'en') {
    this.page = page;
    this.base = base;
    this.#language = language;
  }

  /** Opens the first page and waits until it can take a file. */
  async open(): Promise<void> {
    await this.page.goto(this.base);
    await this.at('choose.title');
    await expect(this.pick).toBeEnabled();
  }

  /** A word as it stands on this page. */
  word(key: string, ...fill: string[]): string {
    return plain(key, fill, this.#language);
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  get main(): Locator {
    return this.page.getByRole('main');
  }

  get pick(): Locator {
    return this.button('choose.pick');
  }

  button(key: string, ...fill: string[]): Locator {
    return this.page.getByRole('button', { name: this.word(key, ...fill), exact: true });
  }

  /** Waits for the page with this title. */
  async at(key: string): Promise<void> {
    await expect(this.heading).toHaveText(this.word(key), { timeout: 15_000 });
  }

  /** Picks files with the browser's own picker. */
  async choose(...files: Carried[]): Promise<void> {
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.pick.click()]);
    await chooser.setFiles(files.map(({ name, bytes }) => ({ name, mimeType: 'text/plain', buffer: bytes })));
  }

  /** Drops files on the page, as from a file manager. */
  async drop(...files: Carried[]): Promise<void> {
    const carried = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }));
    await this.page.evaluate((files) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      const target = document.querySelector('main') ?? document.body;
      for (const kind of ['dragenter', 'dragover', 'drop']) {
        target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    }, carried);
  }

  /** Types or pastes a text into the field for it. */
  async type(text: string): Promise<void> {
    await this.button('choose.paste').click();
    await this.page.getByLabel(this.word('choose.paste_label')).fill(text);
    await this.button('choose.paste_read').click();
  }

  /** Pastes a text with the keyboard's paste, outside of any field. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Brings files: picked on the first page, dropped on any other. */
  async bring(...files: Carried[]): Promise<void> {
    await (await this.pick.isVisible() ? this.choose(...files) : this.drop(...files));
  }

  /** Brings one file and waits for its slip. */
  async review(kind: Kind | 'receipt' | 'keyring', file: Carried): Promise<void> {
    await this.bring(file);
    await expect(this.main).toContainText(file.name);
    await this.at(`review.${kind === 'refresh' ? 'usage' : kind}_title`);
  }

  /** The button that says what will happen. */
  action(kind: Kind): Locator {
    return this.button(`review.${kind}_do`);
  }

  /** Agrees to what the slip says. */
  async agree(kind: Kind): Promise<void> {
    await this.action(kind).click();
  }

  /** Brings a file, agrees, and waits for the answer. */
  async carry(kind: Kind, file: Carried, answer: string): Promise<void> {
    await this.review(kind, file);
    await this.agree(kind);
    await this.at(`done.${answer}_title`);
  }

  /** Brings a file that is refused in the browser or by the portal, and waits for the words of its code. */
  async refused(code: string): Promise<void> {
    await this.at(`code.${code}.title`);
    await expect(this.main.getByText(code, { exact: true }).first()).toBeVisible();
    await expect(this.main).toContainText(this.word('refused.unchanged'));
  }

  /** Whether the page shows a refusal. */
  async isRefused(): Promise<boolean> {
    return (await this.main.getByRole('heading', { name: this.word('refused.next') }).count()) > 0;
  }

  /** The code that a refusal shows. */
  async code(): Promise<string> {
    const shown = this.main.locator('code').filter({ hasText: /^[a-z_]+(\.[a-z0-9_]+)*$/ }).first();
    return (await shown.textContent()) ?? '';
  }

  /** The checks of the slip: what and how it came out. */
  get checks(): Locator {
    return this.main.locator('ul.checks').getByRole('listitem');
  }

  /** How the checks came out, in the words of the format: only their style tells on the page. */
  async states(): Promise<string[]> {
    const classes = await this.checks.evaluateAll((all) => all.map((check) => check.className));
    const names: Record<string, string> = { passed: 'passed', noted: 'noted', failed: 'failed', open: 'not_reached' };
    return classes.map((all) => names[all.split(' ').at(-1)!] ?? all);
  }

  /** Downloads what a button offers. */
  async download(key: 'done.download_license' | 'done.download_receipt' | 'done.download_pool' | 'refused.offer'): Promise<Carried> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.button(key).click()]);
    return carried(download);
  }

  /** Goes back to the first page, from an answer. */
  async home(): Promise<void> {
    await this.button('done.another').click();
    await this.at('choose.title');
  }

  /** The list of transfers of this browser. */
  get transfers(): Locator {
    const heading = this.page.getByRole('heading', { name: this.word('transfers.title') });
    return this.main.locator('section').filter({ has: heading }).getByRole('listitem');
  }

  /** The files that were brought together. */
  get list(): Locator {
    return this.main.getByRole('listitem');
  }

  /** A line of text whose places may hold anything. */
  text(key: string): Locator {
    return this.main.getByText(pattern(key, this.#language));
  }

  /** Nothing is cut off to the side. */
  async fitsSideways(): Promise<void> {
    const [wide, seen] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(wide, 'no scrolling to the side').toBeLessThanOrEqual(seen!);
  }
}

/** What was downloaded. */
export async function carried(download: Download): Promise<Carried> {
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** A file under some name. */
export function file(bytes: Buffer | string, name = 'from-device.txt'): Carried {
  return { name, bytes: Buffer.from(bytes) };
}

