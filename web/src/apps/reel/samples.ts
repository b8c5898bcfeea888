/** Sample reels for tests. */
import { summaryOf, type Reel, type ReelSummary, type Scene } from './types';

export function sampleScene(changes: Partial<Scene> = {}): Scene {
  return {
    id: 'scene-1',
    n: 1,
    kind: 'page',
    heading: 'Rivers',
    text: 'Water runs downhill. It gathers in streams.',
    sentences: [
      { text: 'Water runs downhill.', page: 1 },
      { text: 'It gathers in streams.', page: 2 },
    ],
    pages: [1, 2],
    state: 'done',
    percent: 100,
    step: null,
    seconds: 10,
    image_url: '/media/1',
    clip_url: '/media/2',
    error: null,
    etag: '"scene-1.0"',
    edited: false,
    page_image_url: null,
    waiting: null,
    ...changes,
  };
}

export function sampleReel(changes: Partial<Reel> = {}): Reel {
  return {
    id: 'reel-1',
    title: 'Rivers',
    document: { id: 'document-1', name: 'rivers.pdf', pages: 3, words: 500 },
    mode: 'summary',
    shape: '16:9',
    voice: 'piper:en',
    presenter: null,
    captions: 'beside',
    language: { code: 'en', name: 'English', dir: 'ltr' },
    state: 'working',
    job_id: 'job-1',
    created_at: 0,
    updated_at: 0,
    percent: 40,
    eta_ms: 5000,
    steps: [],
    script: 'extract',
    script_source: 'extract',
    edited: false,
    waiting: null,
    made_with: {},
    cost: null,
    error: null,
    scenes: [sampleScene()],
    result: null,
    ...changes,
  };
}

export function sampleSummary(changes: Partial<ReelSummary> = {}): ReelSummary {
  return { ...summaryOf(sampleReel()), ...changes };
}
