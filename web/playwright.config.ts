import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/runs',
  // Each worker starts a server of its own. More than two would wait for the renderers of the others.
  workers: 2,
  // A test may make two videos.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    // It would answer in the place of the routes of a test; the spec of the installed page allows it.
    serviceWorkers: 'block',
    // Without a film of the page: making one takes a core from the work that is tested.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'],
    },
  },
});
