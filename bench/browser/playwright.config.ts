import { defineConfig } from '@playwright/test';
import { join } from 'node:path';
import chromium from '../../e2e/playwright.config';

/** The browser of the journeys, with one part at a time in it: nothing else runs while something is measured. */
export default defineConfig({
  testDir: join(__dirname, 'parts'),
  outputDir: join(__dirname, '..', '..', 'target', 'bench', 'failures'),
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 240_000,
  reporter: [['list']],
  use: { ...chromium.use, trace: 'off', screenshot: 'off' },
});
