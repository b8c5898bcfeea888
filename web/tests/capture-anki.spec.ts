/** Cards are pushed from the page into real collections of Anki, in an old version and in the newest, and are there once for ever. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { made, phrases } from './captured';
import { expect, test } from './test';

test.use({ spec: 'capture-anki' });
// Each has the port at which pages expect Anki.
test.describe.configure({ mode: 'serial' });

const VERSIONS = ['2.1.66', '26.9.3'];
const PORT = 8765;
const DECK = 'Sluice::Pushed';
const SCRIPTS = fileURLToPath(new URL('../../scripts/tests/anki', import.meta.url));

interface Note {
  fields: Record<string, string>;
  cards: number;
  deck: string;
  front: string;
  back_sounds: string[];
}
interface State {
  report: Record<string, number>;
  notes: Note[];
  notetypes: string[];
  media: Record<string, string>;
  missing_media: string[];
}

/** A collection of Anki's own package, which is either open for the page, or looked at. */
class Anki {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-anki-'));
  readonly #environment: NodeJS.ProcessEnv;
  #serving: ChildProcess | null = null;

  constructor(version: string) {
    const packages = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice/anki', version);
    if (!existsSync(packages)) throw new Error(`Anki ${version} is missing: type  scripts/setup.sh --tests`);
    this.#environment = { ...process.env, PYTHONPATH: packages, PYTHONWARNINGS: 'ignore' };
  }

  /** As the add-on would with this configuration. */
  async serve(config: object) {
    await this.close();
    const path = join(this.folder, 'config.json');
    writeFileSync(path, JSON.stringify(config));
    const args = [join(SCRIPTS, 'connect.py'), join(this.folder, 'collection.anki2'), String(PORT), path];
    const child = spawn('python3', args, { env: this.#environment, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#serving = child;
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`Anki did not start; is port ${PORT} free?`)),
    );
    ended.catch(() => undefined);
    await Promise.race([once(child.stdout, 'data'), ended]);
  }

  async close() {
    const child = this.#serving;
    this.#serving = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.stdin?.end();
    await ended;
  }

  async ask(what: 'state' | 'package', ...files: string[]): Promise<State> {
    await this.close();
    const args = [join(SCRIPTS, 'importer.py'), join(this.folder, 'collection.anki2'), what, ...files];
    return JSON.parse(execFileSync('python3', args, { env: this.#environment, maxBuffer: 1e9 }).toString()) as State;
  }

  async end() {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

for (const version of VERSIONS) {
  test(`Anki ${version}: the self-test says what to paste, and what is pushed is there once, also after an import`, async ({
    studio,
    page,
  }) => {
    const { url } = studio.server;
    const anki = new Anki(version);
    const act = async (action: string, ids: string[]) => {
      const answer = await page.request.post(`${url}/api/v1/phrases/batch`, { data: { action, ids } });
      expect(answer.ok(), await answer.text()).toBe(true);
    };
    const exported = async () => (await phrases(page, url, 'limit=1&status=exported')).counts['exported'] ?? 0;
    const state = page.getByTestId('anki-state');
    const tested = async (wanted: string) => {
      await page.getByTestId('test-anki').click();
      await expect(state).toHaveAttribute('data-state', wanted);
    };
    try {
      const cards = await made(page, url, ['Где мой чай?', 'Чай на столе'].join('\n'), 'ru', true);
      const [arabic] = await made(page, url, 'أين المكتبة؟', 'ar');
      const ids = [...cards.map(({ id }) => id), arabic!.id];
      await act('approve', ids);
      await studio.open('/capture/export');
      await expect(page.getByTestId('ready')).toContainText('3 approved cards');
      await tested('not_running');
      await anki.serve({ webCorsOriginList: ['http://localhost'] });
      await tested('not_allowed');
      const line = await page.getByTestId('cors-line').textContent();
      expect(line, 'the page as the browser names it, with its port').toBe(
        `"webCorsOriginList": ["http://localhost", "${new URL(url).origin}"]`,
      );
      await studio.accessible();
      await studio.picture('capture-push-line');
      // Pasted as it is, it is what lets the page in.
      const pasted = JSON.parse(`{${line}}`) as object;
      await anki.serve({ ...pasted, apiKey: 'secret' });
      await tested('needs_key');
      await anki.serve(pasted);
      await tested('ready');

      await page.getByTestId('deck').fill(DECK);
      await page.getByTestId('push-cards').click();
      await expect(page.getByTestId('pushed')).toHaveText('3 added, 0 updated, 0 already there.');
      await studio.picture('capture-pushed');
      await expect.poll(exported).toBe(3);
      const first = await anki.ask('state');
      expect(first.notes.map(({ fields }) => fields['Id']).sort()).toEqual([...ids].sort());
      expect(first.notetypes).toEqual(['Sluice phrase']);
      expect(first.missing_media, 'every recording arrived').toEqual([]);
      for (const { deck, cards: each, back_sounds: sounds } of first.notes) {
        expect([deck, each, sounds.length]).toEqual([DECK, 1, 1]);
        expect(first.media[sounds[0]!], 'what Anki plays is there').toMatch(/^[0-9a-f]{2000,}$/);
      }
      const front = (all: State) => all.notes.find(({ fields }) => fields['Id'] === arabic!.id)!.front;
      expect(front(first), 'right to left where it is so').toContain('lang="ar" dir="rtl"');

      const change = { translation: 'Where is the library?' };
      await page.request.patch(`${url}/api/v1/phrases/${arabic!.id}`, { data: change });
      const waiting = (await phrases(page, url, 'limit=100&status=pending_review')).items.map(({ id }) => id);
      if (waiting.length > 0) await act('approve', waiting);
      await anki.serve(pasted);
      await page.reload();
      await tested('ready');
      await page.getByTestId('deck').fill(DECK);
      await page.getByTestId('push-cards').click();
      await expect(page.getByTestId('pushed')).toHaveText('0 added, 1 updated, 0 already there.');
      const second = await anki.ask('state');
      expect(second.notes).toHaveLength(3);
      const translations = second.notes.map(({ fields }) => fields['Translation']);
      expect(translations).toContain(change.translation);

      // A package of the same cards adds none of them again, in either form.
      for (const form of ['package', 'package_legacy']) {
        const begun = await page.request.post(`${url}/api/v1/phrase-exports`, {
          data: { form, deck: DECK, all: true },
        });
        const { href } = (await begun.json()) as { href: string };
        const file = join(anki.folder, `${form}.apkg`);
        writeFileSync(file, await (await page.request.get(url + href)).body());
        const imported = await anki.ask('package', file);
        expect(imported.report).toMatchObject({ new: 0, conflicting: 0, duplicate: 3 });
        expect(imported.notes).toHaveLength(3);
        expect(imported.notetypes).toEqual(['Sluice phrase']);
        expect(imported.notes.map(({ fields }) => fields['Translation'])).toContain(change.translation);
      }
      await act('delete', ids);
    } finally {
      await anki.end();
    }
  });
}
