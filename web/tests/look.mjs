// Takes a picture of every state of the page, in light, dark, Arabic and at phone width, for a person to look at.
// node tests/look.mjs http://127.0.0.1:8090 [folder]; the pictures of states need the mock.
import { mkdirSync } from 'node:fs';
import { chromium } from '@playwright/test';

const [address = 'http://127.0.0.1:8090', folder = 'test-results/look', only = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});

const LOOKS = {
  light: { theme: 'light', language: 'en', width: 1280, height: 900 },
  dark: { theme: 'dark', language: 'en', width: 1280, height: 900 },
  arabic: { theme: 'light', language: 'ar', width: 1280, height: 900 },
  phone: { theme: 'light', language: 'en', width: 390, height: 844 },
  'phone-arabic-dark': { theme: 'dark', language: 'ar', width: 390, height: 844 },
};

async function looking(look, steps) {
  const { theme, language, width, height } = LOOKS[look];
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1.5 });
  page.on('console', (line) => line.type() === 'error' && console.log(look, line.text()));
  page.on('pageerror', (error) => console.log(look, error));
  await page.addInitScript((settings) => localStorage.setItem('sluice.settings', JSON.stringify(settings)), {
    theme,
    language,
  });
  const shot = async (name, fullPage = true) => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage, animations: 'disabled' });
  };
  await steps(page, shot);
  await page.close();
}

const pdf = (name, body = '/Type /Page /Font %%EOF') => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.from(`%PDF-1.4 ${body}`),
});

for (const look of Object.keys(LOOKS).filter((name) => name.startsWith(only))) {
  await looking(look, async (page, shot) => {
    await page.goto(address);
    await page.getByTestId('example').first().waitFor();
    await page.locator('[data-testid=reels], [data-testid=no-reels]').waitFor();
    await shot('home');
    await page
      .getByTestId('file')
      .setInputFiles(pdf('Ein langer Name eines Dokuments, version 3 (final) مع نص عربي.pdf', 'scan /Page %%EOF'));
    await page.getByTestId('refused').waitFor();
    await shot('refused');
    await page.getByTestId('file').setInputFiles(pdf('rate limit.pdf'));
    await page.getByTestId('make').click();
    await page.getByRole('alert').waitFor();
    await shot('found-limited');
    await page.getByTestId('file').setInputFiles(pdf(look.includes('arabic') ? 'rivers-ar.pdf' : 'rivers-en.pdf'));
    await page.getByTestId('make').waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await shot('found', !look.startsWith('phone'));
    await page.getByTestId('make').click();
    await page.locator('[data-scene][data-state=done]').nth(1).waitFor();
    await shot('working');
    await page.locator('[data-testid=reel][data-state=done]').waitFor();
    await page.getByTestId('video').evaluate(
      (video) =>
        new Promise((ready) => {
          if (video.readyState >= 1) ready();
          video.addEventListener('loadedmetadata', ready);
        }),
    );
    await page.getByTestId('transcript').getByRole('button').nth(3).click();
    await page.waitForFunction(() => document.querySelector('video').currentTime > 6);
    await shot('done');
    await page
      .locator('video')
      .first()
      .evaluate((video) => video.pause());
    await page.locator('[data-action=edit]').nth(1).click();
    await page.getByTestId('editor').locator('textarea').fill('Changed words. '.repeat(6));
    await shot('editing');
    await page.locator('[data-action=save]').click();
    await page.getByTestId('changed').waitFor();
    await shot('changed', false);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await shot('help', false);
    await page.keyboard.press('Escape');
    await page.goto(address);
    await page.getByTestId('file').setInputFiles(pdf('will fail.pdf'));
    await page.getByTestId('make').click();
    await page.locator('[data-testid=reel][data-state=failed]').waitFor();
    await shot('failed');
  });
  console.log(look);
}
await browser.close();
