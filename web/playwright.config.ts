import { defineConfig } from '@playwright/test';

/** The release binary is slower than the mock by what it really does: it reads, speaks, draws and encodes. */
const real = process.env['SLUICE_BINARY'] !== undefined;

export default defineConfig({
  testDir: 'tests',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/runs',
  // Each worker starts a server of its own; rendering takes the machine's cores already.
  workers: 1,
  timeout: real ? 300_000 : 90_000,
  expect: { timeout: real ? 30_000 : 15_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'],
    },
  },
});
