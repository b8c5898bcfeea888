/** What every spec has: a server, a page at it, and words for the steps of a person. */
import { AxeBuilder } from './axe';
import { test as base, expect, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from './server';

export { expect };

const DOCUMENTS = fileURLToPath(new URL('documents', import.meta.url));
export const documentPath = (name: string) => join(DOCUMENTS, name);
/** At work for long enough to be interrupted, also where the browser is slow; each is to be made once per server, because what was made is there. */
export const LONG = { en: '../../../examples/lighthouses.pdf', ar: '../../../examples/astrolabe.pdf' };

export const test = base.extend<{ studio: Studio }, { spec: string; server: Server }>({
  /** A spec that names itself gets a server of its own, because the number of videos per address is limited. */
  spec: ['', { option: true, scope: 'worker' }],
  server: [
    async ({ spec: _ }, use) => {
      const server = await Server.create();
      await use(server);
      await server.end();
    },
    { scope: 'worker' },
  ],
  studio: async ({ page, server }, use) => {
    const studio = new Studio(page, server);
    await use(studio);
    expect(studio.violations, 'nothing breaks the content security policy').toEqual([]);
    expect(studio.fixedAnswersAsked, 'what does not change is asked for once per visit').toBeLessThanOrEqual(20);
  },
});

export class Studio {
  readonly violations: string[] = [];
  /** The addresses of pictures and sounds that the page shows from memory. */
  private readonly shownBlobs = new Set<string>();
  fixedAnswersAsked = 0;

  constructor(
    readonly page: Page,
    readonly server: Server,
  ) {
    page.on('console', (line) => {
      if (!/Content Security Policy/i.test(line.text())) return;
      // With the script that asked, because a policy is not loosened for what nobody can name.
      const { url, lineNumber } = line.location();
      // Playwright's trace reads the body of every response. What the page shows from memory it has Chromium load again
      // (`Network.loadNetworkResource`), which counts as a connection of the page. Only that is excused.
      const [, blob] = /^(?:Refused to connect|Connecting) to '?(blob:[^\s']+)/.exec(line.text()) ?? [];
      const traced = blob !== undefined && this.shownBlobs.has(blob) && !url.includes('/assets/');
      if (!traced) this.violations.push(`${line.text()} (${url}:${lineNumber})`);
    });
    page.on('request', (request) => {
      if (request.url().startsWith('blob:') && ['image', 'media'].includes(request.resourceType()))
        this.shownBlobs.add(request.url());
      if (/\/api\/v1\/(config|examples)$/.test(request.url())) this.fixedAnswersAsked += 1;
    });
    page.on('pageerror', (error) => {
      // The scripts of the test itself find neither storage nor workers in a sandboxed frame.
      if (!/sandboxed and lacks the 'allow-same-origin' flag/.test(String(error))) this.violations.push(String(error));
    });
  }

  async open(path = '/reel', settings: { language?: 'en' | 'ar'; theme?: 'light' | 'dark' } = {}) {
    await this.page.addInitScript((wanted) => {
      if (!localStorage.getItem('sluice.settings')) localStorage.setItem('sluice.settings', JSON.stringify(wanted));
    }, settings);
    await this.page.goto(this.server.url + path);
  }

  /** Gives a file as the person's choice. */
  async choose(name: string) {
    await this.page.getByTestId('file').setInputFiles(documentPath(name));
  }

  /** Lets a file fall on the page. */
  async drop(name: string) {
    const bytes = readFileSync(documentPath(name)).toString('base64');
    await this.page.evaluate(
      ([base64, fileName]) => {
        const content = Uint8Array.from(atob(base64!), (letter) => letter.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], fileName!, { type: 'application/pdf' }));
        for (const kind of ['dragenter', 'dragover', 'drop']) {
          document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
      },
      [bytes, name],
    );
  }

  async make(name: string) {
    await this.choose(name);
    await this.page.getByTestId('make').click();
    await this.page.waitForURL('**/reel/*');
  }

  get reel() {
    return this.page.getByTestId('reel');
  }

  get scenes() {
    return this.page.locator('[data-scene]');
  }

  async done() {
    await expect(this.reel).toHaveAttribute('data-state', 'done', { timeout: 240_000 });
    await expect(this.page.getByTestId('video')).toBeVisible();
  }

  /** The video is playable, plays, and its captions are there. */
  async plays() {
    const video = this.page.getByTestId('video');
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThan(0);
    await video.evaluate((element: HTMLVideoElement) => {
      element.muted = true;
      // Burned-in captions are a track as well, which is off.
      if (element.textTracks[0]?.mode === 'disabled') element.textTracks[0].mode = 'hidden';
      return element.play();
    });
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0.5);
    await expect
      .poll(() => video.evaluate((element: HTMLVideoElement) => element.textTracks[0]?.cues?.length ?? 0))
      .toBeGreaterThan(1);
  }

  /** No finding of axe at all, in the state that the page is in. */
  async accessible() {
    const findings = await new AxeBuilder(this.page).analyse();
    expect(findings, 'axe finds nothing').toEqual([]);
  }

  /** Texts of the page itself with Latin words: not those of a person, a file or a program, which have a direction of their own. */
  latinTexts(): Promise<string[]> {
    return this.page.evaluate(() => {
      const known = /\b(Sluice|PDF|OCR|MP4|SRT|VTT|CSV|ZIP|En|English|Ctrl|Alt|Enter|Esc|alt\+T)\b/g;
      const found: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const own = node.parentElement?.closest(
          'bdi, [dir=auto], [dir=ltr], [lang=en], kbd, code, script, noscript, style, textarea',
        );
        const text = (node.textContent ?? '').replace(/\u2068[^\u2069]*\u2069/g, '').replace(known, '');
        if (!own && /[A-Za-z]{2}/.test(text)) found.push(text.trim());
      }
      const named = [...document.querySelectorAll('[aria-label], [title], [placeholder]')];
      const byItsTitle = (element: Element, name: string) =>
        [...element.querySelectorAll('bdi')].some((title) => title.textContent === element.getAttribute(name));
      for (const element of named)
        for (const name of ['aria-label', 'title', 'placeholder']) {
          const text =
            element
              .getAttribute(name)
              ?.replace(/\u2068[^\u2069]*\u2069/g, '')
              .replace(known, '') ?? '';
          if (!element.closest('[lang=en]') && !byItsTitle(element, name) && /[A-Za-z]{2}/.test(text))
            found.push(`${name}: ${text}`);
        }
      return found;
    });
  }

  async picture(name: string) {
    await this.page.evaluate(() => document.fonts.ready);
    await this.page.screenshot({ path: `test-results/pictures/${name}.png`, animations: 'disabled' });
  }
}
