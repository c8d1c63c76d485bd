import { defineConfig } from '@playwright/test';
import { join } from 'node:path';

const artifacts = join(__dirname, 'artifacts');

/** Only loopback exists for this browser: whatever else a page asks for fails, and is written down (D-20). */
const LOOPBACK_ONLY = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1';

export default defineConfig({
  testDir: join(__dirname, 'journeys'),
  outputDir: join(artifacts, 'failures'),
  globalSetup: join(__dirname, 'harness', 'setup.ts'),
  // One server a worker process; tests of a file run one after the other in it.
  workers: 2,
  fullyParallel: false,
  forbidOnly: !!process.env['CI'],
  retries: 0,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['html', { open: 'never', outputFolder: join(artifacts, 'report') }]],
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'en-US',
    timezoneId: 'Europe/Vienna',
    viewport: { width: 1100, height: 900 },
    reducedMotion: 'reduce',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        LOOPBACK_ONLY,
      ],
    },
  },
});
