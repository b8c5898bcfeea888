/**
 * The service worker: the page opens without a connection, and takes what other programs share. What the server answers about a
 * person's work (the API, media, sign-in) is never kept. `scripts/precompress.mjs` fills in the three values.
 */
const VERSION = '__VERSION__';
/** The scripts and styles of the page. */
const FILES = ['__FILES__'];
/** First segments of the page's own addresses. */
const PREFIXES = ['__PREFIXES__'];

const CACHE = `sluice-${VERSION}`;
const SHELL = '/';

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => event.data === 'activate' && self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && url.pathname === '/share') return event.respondWith(takeShared(request));
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (PREFIXES.includes(url.pathname.split('/')[1] ?? '')) event.respondWith(navigate(request));
  } else if (url.pathname.startsWith('/assets/') || FILES.includes(url.pathname)) event.respondWith(file(request));
});

async function install() {
  const cache = await caches.open(CACHE);
  const shell = await fetch(SHELL, { cache: 'no-cache' });
  // Who is not signed in gets another page; it is tried again with the next visit.
  if (!shell.ok || shell.redirected) throw new Error('the page is not there yet');
  await cache.put(SHELL, shell);
  await cache.addAll(FILES);
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith('sluice-') && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

/** The server's page, which knows whether somebody is signed in; the kept one while it cannot be reached. */
async function navigate(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(SHELL);
    if (kept) return kept;
    throw error;
  }
}

/** The names of these files have a hash of their content, so a kept one is never old. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.startsWith('/assets/')) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
  }
  return answer;
}

/**
 * Puts a PDF where the page looks for one: `src/lib/state/outbox.ts`. Pictures, sounds and text are captured:
 * `src/apps/capture/intake/shared.ts` takes them.
 */
async function takeShared(request) {
  const form = await request.formData();
  const files = form.getAll('file').filter((one) => one instanceof File && one.size > 0);
  const pdf = files.find((file) => file.type === 'application/pdf' || /\.pdf$/i.test(file.name));
  if (pdf) {
    await keep({ file: pdf, ocr: false, owner: null, at: Date.now() }, 'upload');
    return Response.redirect('/reel', 303);
  }
  const given = (name) => String(form.get(name) ?? '').trim();
  // An address is a text like any other when there is nothing else: what it leads to is not fetched.
  const text = given('text') || given('title') || given('url');
  if (files.length > 0 || text) {
    // Each under a name of its own: what was shared before may not have been taken yet.
    await keep({ files, text: files.length > 0 ? '' : text, at: Date.now() }, `capture:${Date.now()}`);
  }
  return Response.redirect('/capture', 303);
}

function keep(value, name) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('sluice', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('files');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('files', 'readwrite');
      writing.objectStore('files').put(value, name);
      writing.oncomplete = () => {
        opening.result.close();
        resolve();
      };
      writing.onerror = () => reject(writing.error);
    };
  });
}
