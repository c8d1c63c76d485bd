import { test as base, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';
import { Portal } from './portal';
import { Server } from './server';
import { Vendor } from './vendor';
import { Watch } from './watch';
import type { Language } from './words';

/** The host name of the other vendor's portal; browsers take it for this machine. */
export const GLOBEX = 'offline.globex.localhost';

/** A browser of its own, watched. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  portal: Portal;
  watch: Watch;
}

/** What a journey can ask of a further browser. */
export interface Visit extends BrowserContextOptions {
  base?: string;
  language?: Language;
}

interface Each {
  /** Watches the journey's browsers; looked at when the journey ends. */
  watch: Watch;
  /** The customer's page in the journey's own browser, opened. */
  portal: Portal;
  /** Opens a further browser, which shares nothing with the others. */
  visit: (options?: Visit) => Promise<Visitor>;
}

interface Shared {
  server: Server;
  /** The vendor of most journeys. */
  vendor: Vendor;
  /** Another vendor on the same server. */
  other: Vendor;
}

export const test = base.extend<Each, Shared>({
  server: [
    async ({}, use) => {
      const server = await Server.create();
      await use(server);
      await server.remove();
    },
    { scope: 'worker' },
  ],
  vendor: [
    async ({ server }, use) => {
      const vendor = await Vendor.create(server, 'acme', 'Acme Software');
      await Vendor.create(server, 'globex', 'Globex Tools', '--host', GLOBEX);
      await server.start();
      await use(vendor);
    },
    { scope: 'worker' },
  ],
  other: [async ({ vendor }, use) => use(await Vendor.of(vendor.server, 'globex', 'Globex Tools')), { scope: 'worker' }],
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    watch.clean();
  },
  portal: async ({ context, page, vendor, watch }, use) => {
    await watch.attach(context);
    const portal = new Portal(page, vendor.base);
    await portal.open();
    await use(portal);
  },
  visit: async ({ browser, vendor, watch }, use) => {
    const open: BrowserContext[] = [];
    await use(async ({ base, language, ...options } = {}) => {
      const context = await browser.newContext(options);
      open.push(context);
      await watch.attach(context);
      const page = await context.newPage();
      return { context, page, watch, portal: new Portal(page, base ?? vendor.base, language) };
    });
    await Promise.all(open.map((context) => context.close()));
  },
});

export { expect } from '@playwright/test';
