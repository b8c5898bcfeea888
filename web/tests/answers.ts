/** Answers of the server for states that a real one is seldom in, or only for a moment: made in the test, by the types of the API. */
import type { Page, Route } from '@playwright/test';
import type { Document, JobWhy } from '../src/lib/api/types';
import { sampleReel, sampleScene } from '../src/apps/reel/samples';
import { summaryOf, type Reel, type Scene } from '../src/apps/reel/types';
import { wav } from './wav';

export const REEL = '01890000-0000-7000-8000-000000000001';
const DOCUMENT = '01890000-0000-7000-8000-000000000002';

/** A grey sheet, where a picture is needed. */
const SHEET = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="595" height="842"><rect width="595" height="842" fill="#fff"/><path d="M60 90h300M60 150h470M60 180h470M60 210h470M60 240h320" stroke="#999" stroke-width="12"/></svg>',
);

/** A tone, as a voice's sample. */
export function tone(): Buffer {
  const [rate, seconds] = [8000, 4];
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let n = 0; n < rate * seconds; n += 1) samples.writeInt16LE(Math.round(3000 * Math.sin(n / 5)), n * 2);
  return wav(rate, samples);
}

export class Answers {
  reel: Reel = reelOf();
  /** The list has that reel. */
  listed = false;
  document: Document | null = null;
  /** What was sent, by method and path. */
  sent: { what: string; body: unknown; ifMatch: string | undefined }[] = [];
  config: Record<string, unknown> = {};

  async serve(page: Page) {
    await page.route(/\/api\/v1\/reels(\?.*)?$/, (route) =>
      route.fulfill({ json: { items: this.listed ? [summaryOf(this.reel)] : [], next_cursor: null } }),
    );
    await page.route(new RegExp(`/api/v1/reels/${REEL}(/.*)?$`), (route) => this.#answer(route));
    await page.route(/\/api\/v1\/documents(\/.*)?$/, (route) =>
      this.document ? route.fulfill({ status: 201, json: this.document }) : route.continue(),
    );
    await page.route(/\/sheet\.svg/, (route) => route.fulfill({ contentType: 'image/svg+xml', body: SHEET }));
    await page.route(/\/sample\.wav/, (route) => route.fulfill({ contentType: 'audio/wav', body: tone() }));
    await page.route(/\/api\/v1\/config$/, async (route) => {
      const config = (await route
        .fetch()
        .then((answer) => answer.json())
        .catch(() => null)) as { apps: { reel: Record<string, unknown> } } | null;
      // The page has left meanwhile, and nobody waits for the answer.
      if (!config) return route.abort().catch(() => undefined);
      config.apps.reel = { ...config.apps.reel, ...this.config };
      await route.fulfill({ json: config });
    });
  }

  async #answer(route: Route) {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace(`/api/v1/reels/${REEL}`, '');
    const what = `${request.method()} ${path}`;
    const ifMatch = await request.headerValue('if-match');
    const body = request.postDataJSON() as { text?: string; heading?: string; after?: number } | null;
    if (request.method() !== 'GET') this.sent.push({ what, body, ifMatch: ifMatch ?? undefined });
    const n = Number(/scenes\/(\d+)/.exec(path)?.[1] ?? 0);
    const scene = this.reel.scenes.find((one) => one.n === n);
    if (scene && ifMatch && ifMatch !== scene.etag) {
      return route.fulfill({
        status: 412,
        contentType: 'application/problem+json',
        json: { code: 'scene_changed', title: 'Changed', scene },
      });
    }
    if (scene && request.method() === 'PATCH') this.change(n, body?.text ?? scene.text, body?.heading);
    if (scene && request.method() === 'DELETE') {
      this.reel = numbered(
        this.reel,
        this.reel.scenes.filter((one) => one !== scene),
      );
      return route.fulfill({ json: this.reel });
    }
    if (what === 'POST /scenes') {
      const at = body?.after ?? 0;
      const added = sceneOf(0, body?.text ?? '', { id: `added-${this.sent.length}`, edited: true, pages: [] });
      const scenes = [...this.reel.scenes.slice(0, at), added, ...this.reel.scenes.slice(at)];
      this.reel = numbered(this.reel, scenes);
      return route.fulfill({ status: 201, json: this.reel.scenes[at] });
    }
    return route.fulfill({ json: this.reel });
  }

  /** As somebody else does, too. */
  change(n: number, text: string, heading?: string) {
    const scenes = this.reel.scenes.map((one) =>
      one.n === n
        ? {
            ...one,
            text,
            heading: heading ?? one.heading,
            sentences: [{ text, page: null }],
            etag: `"${one.id}.${text.length}${text.slice(0, 8)}"`,
            edited: true,
            state: 'edited' as const,
          }
        : one,
    );
    this.reel = { ...this.reel, scenes, edited: true };
  }
}

function numbered(reel: Reel, scenes: Scene[]): Reel {
  return { ...reel, edited: true, scenes: scenes.map((scene, index) => ({ ...scene, n: index + 1 })) };
}

export function sceneOf(n: number, text: string, changes: Partial<Scene> = {}): Scene {
  return sampleScene({
    id: `scene-${n}`,
    n,
    heading: `Part ${n}`,
    text,
    sentences: [{ text, page: changes.edited ? null : n }],
    pages: [n],
    image_url: '/sheet.svg',
    clip_url: null,
    etag: `"scene-${n}.0"`,
    ...changes,
  });
}

export function reelOf(changes: Partial<Reel> = {}): Reel {
  const scenes = ['Rivers carry water.', 'They meet the sea.', 'Where does it begin?'];
  return sampleReel({
    id: REEL,
    state: 'failed',
    steps: [],
    scenes: scenes.map((text, index) => sceneOf(index + 1, text)),
    ...changes,
  });
}

export function working(waiting: JobWhy | null, changes: Partial<Reel> = {}): Reel {
  return reelOf({
    state: 'working',
    percent: 35,
    eta_ms: 60_000,
    waiting,
    steps: [
      { name: 'read', state: 'done', percent: 100 },
      { name: 'outline', state: 'done', percent: 100 },
      { name: 'script', state: 'done', percent: 100 },
      { name: 'scenes', state: 'running', percent: 30 },
      { name: 'assemble', state: 'pending', percent: 0 },
      { name: 'publish', state: 'pending', percent: 0 },
    ],
    ...changes,
  });
}

export function why(reasons: object[], position: number | null = null): JobWhy {
  return { state: 'ready', reasons: reasons as never, position, eta: null, done_by: null };
}

export function documentOf(changes: Partial<Document> = {}): Document {
  return {
    id: DOCUMENT,
    name: 'survey.pdf',
    title: 'A survey of rivers',
    pages: 12,
    language: { code: 'en', name: 'English', dir: 'ltr' },
    language_reliable: true,
    words: 4210,
    characters: 25_000,
    bytes: 1_240_000,
    read_by: 'poppler',
    read_with: { text_layer: 'poppler', ocr: null, ocr_pages: [] },
    ocr: false,
    left_out: [],
    reading: null,
    apps: {
      reel: {
        estimates: [
          { mode: 'summary', seconds: 72, short: false, scenes: 6, wall_seconds: 30, words: 180, cost_micro_usd: null },
          {
            mode: 'explanation',
            seconds: 126,
            short: false,
            scenes: 9,
            wall_seconds: 50,
            words: 180,
            cost_micro_usd: null,
          },
        ],
        voices: [
          voiceOf('piper:en_US-joe-medium', 'Joe', 'male', 'omar', true),
          voiceOf('piper:en_US-amy-medium', 'Amy', 'female', 'ada', false),
        ],
        voice_of_presenter: { omar: 'piper:en_US-joe-medium', ada: 'piper:en_US-amy-medium' },
        filmed_presenters: [],
      } as never,
    },
    ...changes,
  };
}

function voiceOf(id: string, name: string, register: string, presenter: string, isDefault: boolean) {
  const sample_url = `/sample.wav?${name}`;
  return {
    id,
    name,
    register,
    presenter,
    default: isDefault,
    engine: 'piper',
    language: 'en',
    installed: true,
    sample_url,
    prices: [],
  };
}
