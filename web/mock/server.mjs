// A stand-in for the server while the page is developed: the same contract, imagined content. Never shipped.
// node mock/server.mjs [serve] --listen 127.0.0.1:8090 --data FOLDER; MOCK_SPEED=2 works twice as fast.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { tmpdir } from 'node:os';
import { DOCUMENTS, pdfFor } from './documents.mjs';
import { lines, makeVideo, pageSvg, presenterSvg, subtitles } from './media.mjs';
import { readPdf } from './reading.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const [HOST, PORT] = option('listen', '127.0.0.1:8090').split(':');
const DATA = option('data', join(tmpdir(), 'sluice-mock'));
const SPEED = Number(process.env.MOCK_SPEED ?? 1);
const DIST = new URL('../dist/', import.meta.url).pathname;
const UPLOAD_LIMIT = 20_000_000;
const STEPS = ['read', 'outline', 'script', 'scenes', 'assemble', 'publish'];
const SCENE_STEPS = ['voice', 'captions', 'frames', 'clip'];
mkdirSync(DATA, { recursive: true });

// ---- state: one file, so that stopping and starting the mock loses nothing ----
const STATE = join(DATA, 'mock.json');
const state = existsSync(STATE)
  ? JSON.parse(readFileSync(STATE, 'utf8'))
  : { documents: {}, reels: [], events: [], seq: 0, keys: {}, started: [] };
function save() {
  writeFileSync(`${STATE}.new`, JSON.stringify(state));
  renameSync(`${STATE}.new`, STATE);
}
const streams = new Set();

function emit(kind, data) {
  const event = { seq: ++state.seq, kind, data };
  state.events.push(event);
  state.events = state.events.slice(-500);
  for (const response of streams) writeEvent(response, event);
  save();
}
const writeEvent = (response, event) =>
  response.write(`id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event.data)}\n\n`);

// ---- work ----
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms / SPEED));
const findReel = (id) => state.reels.find((reel) => reel.id === id);

function changed(reel, scene) {
  reel.updated_at = Date.now();
  const done = reel.scenes.filter((one) => one.state === 'done').length;
  const step = reel.steps.findIndex((one) => one.state === 'running');
  const base = [0, 5, 10, 15, 85, 95][step] ?? 100;
  const partial = reel.scenes.find((one) => one.state === 'working')?.percent ?? 0;
  const inScenes = reel.scenes.length ? (70 * (done + partial / 100)) / reel.scenes.length : 0;
  reel.percent = reel.state === 'done' ? 100 : base + (step === 3 ? inScenes : 0);
  reel.eta_ms = reel.state === 'working' ? Math.round(((100 - reel.percent) / 100) * (9000 / SPEED) + 400) : null;
  emit('reel.changed', {
    reel_id: reel.id,
    percent: reel.percent,
    state: reel.state,
    ...(scene ? { scene: { n: scene.n, state: scene.state, step: scene.step, percent: scene.percent } } : {}),
  });
}

async function work(reel) {
  const attempt = (reel.attempt = (reel.attempt ?? 0) + 1);
  const stopped = () => reel.attempt !== attempt || reel.state !== 'working' || !findReel(reel.id);
  reel.state = 'working';
  reel.error = null;
  for (const [index, step] of reel.steps.entries()) {
    if (step.state === 'done') continue;
    step.state = 'running';
    changed(reel);
    if (step.name === 'scenes') {
      if (!(await makeScenes(reel, step, stopped))) return;
    } else await pause([500, 400, 700, 0, 900, 500][index]);
    if (stopped()) return;
    if (step.name === 'script') reel.scenes = await storyboard(reel);
    step.state = 'done';
    step.percent = 100;
    if (step.name === 'assemble') await assemble(reel);
    if (stopped()) return;
  }
  reel.state = 'done';
  changed(reel);
}

async function makeScenes(reel, step, stopped) {
  for (const scene of reel.scenes) {
    if (scene.state === 'done') continue;
    scene.state = 'working';
    scene.error = null;
    for (const [index, name] of SCENE_STEPS.entries()) {
      scene.step = name;
      scene.percent = index * 25;
      changed(reel, scene);
      await pause(260);
      if (stopped()) return false;
      if (/fail/i.test(reel.document.name) && scene.n === 3 && !reel.healed) {
        reel.healed = true;
        const error = { code: 'voice_failed', title: 'The voice engine stopped', detail: 'It was started again.' };
        Object.assign(scene, { state: 'failed', error });
        Object.assign(step, { state: 'failed' });
        Object.assign(reel, { state: 'failed', error });
        changed(reel, scene);
        return false;
      }
    }
    finishScene(reel, scene);
    step.percent = Math.round((100 * scene.n) / reel.scenes.length);
    changed(reel, scene);
  }
  return true;
}

function finishScene(reel, scene) {
  const version = randomUUID().slice(0, 8);
  Object.assign(scene, { state: 'done', step: null, percent: 100, seconds: 4 });
  scene.image_url = `/media/${reel.id}/scene-${scene.id}-${version}.svg?exp=1&sig=m`;
  scene.clip_url = `/media/${reel.id}/clip-${scene.id}-${version}.mp4?exp=1&sig=m`;
  scene.voice_url = scene.clip_url;
}

async function storyboard(reel) {
  const script = DOCUMENTS[reel.language.code].scenes.slice(0, reel.mode === 'summary' ? 5 : 7);
  return script.map((scene, index) => ({
    id: randomUUID(),
    n: index + 1,
    kind: index === 0 ? 'title' : index === script.length - 1 ? 'question' : 'page',
    heading: scene.heading,
    text: scene.sentences.map((sentence) => sentence.text).join(' '),
    sentences: scene.sentences,
    pages: [...new Set(scene.sentences.map((sentence) => sentence.page).filter(Boolean))],
    state: 'pending',
    percent: 0,
    step: null,
    seconds: null,
    image_url: null,
    clip_url: null,
    error: null,
  }));
}

async function assemble(reel) {
  const [width, height] = { '16:9': [1280, 720], '9:16': [720, 1280], '1:1': [720, 720] }[reel.shape];
  const seconds = reel.scenes.length * 4;
  const path = await makeVideo(width, height, seconds);
  const version = randomUUID().slice(0, 8);
  const media = (name) => `/media/${reel.id}/${version}-${name}?exp=1&sig=m`;
  reel.result = {
    download_url: media(`video-${width}x${height}-${seconds}.mp4`),
    video_url: media(`video-${width}x${height}-${seconds}.mp4`),
    poster_url: media('poster.svg'),
    srt_url: media('captions.srt'),
    vtt_url: media('captions.vtt'),
    transcript_url: media('transcript.txt'),
    chapters_url: media('chapters.txt'),
    seconds,
    bytes: statSync(path).size,
    width,
    height,
    download_name: `${reel.title.replaceAll(/[\\/]/g, ' ')}.mp4`,
    current: true,
    lines: lines(reel),
  };
}

// ---- answers ----
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
const json = (response, status, body, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
const problem = (response, status, code, title, more = {}, headers = {}) =>
  json(
    response,
    status,
    { type: `/problems/${code}`, title, status, code, ...more },
    { 'content-type': 'application/problem+json', ...headers },
  );

async function bodyOf(request, limit = UPLOAD_LIMIT + 1_000_000) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= limit) parts.push(part);
  }
  return { bytes: Buffer.concat(parts), tooLarge: size > limit };
}

async function postDocument(request, response) {
  const { bytes, tooLarge } = await bodyOf(request);
  if (tooLarge) return problem(response, 413, 'document_too_large', 'The file is too large');
  const form = await new Response(bytes, { headers: { 'content-type': request.headers['content-type'] } }).formData();
  const file = form.get('file');
  await pause(500);
  const read = readPdf(Buffer.from(await file.arrayBuffer()), file.name, form.get('ocr') === 'true', UPLOAD_LIMIT);
  if (read.problem) return problem(response, read.status, read.problem, read.title, read.more);
  const known = DOCUMENTS[read.language];
  const document = {
    id: randomUUID(),
    name: file.name,
    title: known.title,
    pages: read.pages,
    language: known.language,
    words: known.words,
    characters: known.words * 6,
    bytes: file.size,
    read_by: 'pdftotext 22.12',
    ocr: form.get('ocr') === 'true',
    estimates: [
      { mode: 'summary', seconds: 74, scenes: 5, words: 180, cost_micro_usd: 0, wall_seconds: 26 },
      { mode: 'explanation', seconds: 128, scenes: 7, words: 310, cost_micro_usd: 0, wall_seconds: 44 },
    ],
    voices: known.voices,
  };
  state.documents[document.id] = document;
  save();
  json(response, 201, document);
}

async function postReel(request, response) {
  const wish = JSON.parse((await bodyOf(request)).bytes.toString());
  const key = request.headers['idempotency-key'];
  const known = key && findReel(state.keys[key]);
  if (known) return json(response, 202, known, { location: `/api/v1/reels/${known.id}` });
  const document = state.documents[wish.document_id];
  if (!document) return problem(response, 404, 'document_not_found', 'No such document');
  if (/limit/i.test(document.name))
    return problem(response, 429, 'rate_limited', 'Too many', {}, { 'retry-after': '240' });
  const now = Date.now();
  const reel = {
    id: randomUUID(),
    title: document.title,
    document,
    ...wish,
    voice: wish.voice ?? document.voices[0].id,
    language: document.language,
    state: 'working',
    job_id: randomUUID(),
    created_at: now,
    updated_at: now,
    percent: 0,
    eta_ms: null,
    steps: STEPS.map((name) => ({ name, state: 'pending', percent: 0 })),
    script_source: 'extract',
    made_with: {
      reading: 'pdftotext 22.12',
      script: 'extract, TextRank',
      voice: wish.voice ?? document.voices[0].id,
      video: 'resvg, libx264, libass',
    },
    cost: { estimated_micro_usd: 0, spent_micro_usd: 0 },
    error: null,
    scenes: [],
    result: null,
  };
  state.reels.unshift(reel);
  if (key) state.keys[key] = reel.id;
  void work(reel);
  json(response, 202, reel, { location: `/api/v1/reels/${reel.id}` });
}

function editScene(reel, n, edit, response) {
  const scene = reel.scenes.find((one) => one.n === n);
  if (!scene) return problem(response, 404, 'scene_not_found', 'No such scene');
  if (edit.text !== undefined && edit.text.split(/\s+/).length > 400) {
    return problem(response, 422, 'script_out_of_range', 'Too long');
  }
  if (edit.heading !== undefined || edit.text !== undefined) scene.state = scene.image_url ? 'edited' : 'pending';
  if (edit.heading !== undefined) scene.heading = edit.heading;
  if (edit.text !== undefined && edit.text !== scene.text) {
    scene.text = edit.text;
    scene.sentences = (edit.text.match(/[^.!?؟]+[.!?؟]*\s*/g) ?? [edit.text]).map((text) => ({
      text: text.trim(),
      page: scene.pages[0] ?? null,
    }));
  }
  if (edit.position) {
    reel.scenes.splice(reel.scenes.indexOf(scene), 1);
    reel.scenes.splice(edit.position - 1, 0, scene);
    reel.scenes.forEach((one, index) => (one.n = index + 1));
  }
  if (reel.result) reel.result.current = false;
  changed(reel);
  json(response, 200, reel);
}

function render(reel, response) {
  for (const scene of reel.scenes) if (scene.state === 'edited' || scene.state === 'failed') scene.state = 'pending';
  for (const step of reel.steps.slice(3)) Object.assign(step, { state: 'pending', percent: 0 });
  void work(reel);
  json(response, 202, reel);
}

function events(request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 1000\n\n');
  const last = request.headers['last-event-id'];
  if (last !== undefined) for (const event of state.events) if (event.seq > Number(last)) writeEvent(response, event);
  streams.add(response);
  request.on('close', () => streams.delete(response));
}

async function media(url, request, response) {
  const [, , reelId, name] = url.pathname.split('/');
  const reel = findReel(reelId);
  if (name === 'presenter.svg') return text(response, 'image/svg+xml', presenterSvg(reelId));
  if (!reel) return problem(response, 404, 'not_found', 'No such file');
  const scene = reel.scenes.find((one) => name.includes(one.id));
  if (name.endsWith('.vtt')) return text(response, 'text/vtt; charset=utf-8', subtitles(reel, '.'));
  if (name.endsWith('.srt')) return text(response, 'application/x-subrip', subtitles(reel, ','));
  if (name.endsWith('.svg')) return text(response, 'image/svg+xml', pageSvg(reel, scene));
  if (name.endsWith('.txt'))
    return text(
      response,
      'text/plain; charset=utf-8',
      reel.scenes.map((one) => `${one.heading}\n${one.text}`).join('\n\n'),
    );
  const [width, height] = { '16:9': [1280, 720], '9:16': [720, 1280], '1:1': [720, 720] }[reel.shape];
  const path = await makeVideo(width, height, name.startsWith('clip') ? 4 : reel.result.seconds);
  ranged(path, request, response);
}

function ranged(path, request, response) {
  const size = statSync(path).size;
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1] || 0) : 0;
  const end = range && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
  });
  createReadStream(path, { start, end }).pipe(response);
}

const text = (response, type, body) => {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
};

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};
function page(pathname, response) {
  const wanted = join(DIST, normalize(pathname));
  const path =
    wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[path.split('.').pop()] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  createReadStream(path).pipe(response);
}

const CONFIG = {
  version: 'mock',
  upload_limit_bytes: UPLOAD_LIMIT,
  modes: ['summary', 'explanation'],
  shapes: ['16:9', '9:16', '1:1'],
  presenters: ['Ada', 'Omar', 'Lin'].map((name) => ({
    id: name.toLowerCase(),
    name,
    image_url: `/media/${name}/presenter.svg`,
  })),
  ocr_available: true,
  loopback_only: true,
};

async function answer(request, response) {
  const url = new URL(request.url, 'http://mock');
  const path = url.pathname;
  const route = `${request.method} ${path}`;
  if (path.startsWith('/media/')) return media(url, request, response);
  if (path.startsWith('/examples/')) return text(response, 'application/pdf', pdfFor(path.split('/').pop()));
  if (!path.startsWith('/api/')) return page(path, response);
  if (route === 'GET /api/v1/health') return json(response, 200, { status: 'ok' });
  if (route === 'GET /api/v1/config') return json(response, 200, CONFIG);
  if (route === 'GET /api/v1/examples') {
    return json(response, 200, [
      { name: 'rivers-en.pdf', url: '/examples/rivers-en.pdf' },
      { name: 'rivers-ar.pdf', url: '/examples/rivers-ar.pdf' },
    ]);
  }
  if (route === 'GET /api/v1/events') return events(request, response);
  if (route === 'POST /api/v1/documents') return postDocument(request, response);
  if (route === 'POST /api/v1/reels') return postReel(request, response);
  if (route === 'GET /api/v1/reels') return json(response, 200, state.reels);
  return answerForOne(request, response, path.split('/').slice(3));
}

async function answerForOne(request, response, [kind, id, what, n, action]) {
  const reel = kind === 'jobs' ? state.reels.find((one) => one.job_id === id) : findReel(id);
  if (!reel) return problem(response, 404, 'not_found', 'No such thing');
  const method = request.method;
  if (kind === 'jobs') {
    if (what === 'cancel') reel.state = 'cancelled';
    if (what === 'retry') {
      for (const step of reel.steps) if (step.state !== 'done') step.state = 'pending';
      void work(reel);
    }
    changed(reel);
    return json(response, what === 'retry' ? 202 : 200, { id, kind: 'reel', state: 'running', reel_id: reel.id });
  }
  if (what === 'render') return render(reel, response);
  if (what === 'scenes' && method === 'PATCH') {
    return editScene(reel, Number(n), JSON.parse((await bodyOf(request)).bytes.toString()), response);
  }
  if (what === 'scenes' && action === 'render') return render(reel, response);
  if (method === 'DELETE') {
    state.reels = state.reels.filter((one) => one !== reel);
    emit('reel.deleted', { reel_id: id });
    response.writeHead(204);
    return response.end();
  }
  return json(response, 200, reel);
}

createServer((request, response) => {
  answer(request, response).catch((error) => problem(response, 500, 'internal', String(error)));
}).listen(Number(PORT), HOST, () => {
  console.log(`mock at http://${HOST}:${PORT}`);
  for (const reel of state.reels) if (reel.state === 'working') void work(reel);
});
