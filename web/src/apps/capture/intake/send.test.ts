import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NETWORK, type Outcome } from '../../../lib/api/problem';
import { uploadFor } from '../../../lib/api/upload';
import { captureApi } from '../api';
import { phrase } from '../example';
import type { KeptCapture } from './kept';
import { discard, send, WHOLE_BYTES } from './send';

vi.mock('../../../lib/api/upload', () => ({ uploadFor: vi.fn() }));

const photo: KeptCapture = {
  key: 'k1',
  owner: 'ada',
  at: 1_700_000_000_000,
  file: { blob: new Blob([new Uint8Array(WHOLE_BYTES + 1)], { type: 'image/jpeg' }), name: 'menu.jpg' },
  text: '',
  eachLine: false,
  language: 'ru',
  translateTo: null,
  stuck: null,
};

beforeEach(() => {
  vi.restoreAllMocks();
  vi.mocked(uploadFor).mockImplementation((_app, _file, tell) => {
    tell({ bytes: 1, total: 4, waits: false });
    return { done: Promise.resolve({ ok: true, value: 'p1' }), abort: () => undefined };
  });
});

afterEach(() => vi.unstubAllGlobals());

const wanted = () => new AbortController().signal;

it('sends a large file in parts, under a name by which it is known after a reload', async () => {
  vi.spyOn(captureApi, 'show').mockResolvedValue({ ok: true, value: phrase('p1') });
  const parts: number[] = [];
  expect(await send(photo, (part) => parts.push(part), wanted())).toEqual({
    ok: true,
    value: { ids: ['p1'], phrases: [phrase('p1')] },
  });
  const [app, file, , wishes] = vi.mocked(uploadFor).mock.lastCall!;
  expect([app, file.name, file.type, file.lastModified, parts]).toEqual([
    'capture',
    'menu.jpg',
    'image/jpeg',
    photo.at,
    [0.25],
  ]);
  expect(wishes).toEqual({ app: 'capture', idempotency_key: 'k1', language: 'ru' });
});

it('does not send a file again that has arrived and cannot be shown', async () => {
  vi.spyOn(captureApi, 'show').mockResolvedValue({ ok: false, problem: NETWORK });
  expect(await send(photo, () => undefined, wanted())).toEqual({ ok: true, value: { ids: ['p1'], phrases: [] } });
});

/** An upload that is under way, whose progress and end are given by the test. */
function underWay() {
  let end: (outcome: Outcome<string>) => void = () => undefined;
  const done = new Promise<Outcome<string>>((resolve) => (end = resolve));
  const abort = vi.fn(() => end({ ok: false, problem: { ...NETWORK, code: 'stopped' } }));
  vi.mocked(uploadFor).mockReturnValue({ done, abort });
  const tell = (bytes: number) => vi.mocked(uploadFor).mock.lastCall![2]({ bytes, total: 4, waits: false });
  return { abort, tell, end };
}

it('stops an upload in parts, which removes what the server has of it', async () => {
  const { abort, tell } = underWay();
  const stop = new AbortController();
  const sent = send(photo, () => undefined, stop.signal);
  tell(3);
  expect(abort).not.toHaveBeenCalled();
  stop.abort();
  expect(await sent).toMatchObject({ ok: false, problem: { code: 'stopped' } });
  expect(abort).toHaveBeenCalled();
});

it('waits for the answer to what was sent whole, and stops it if the server has less of it after all', async () => {
  vi.spyOn(captureApi, 'show').mockResolvedValue({ ok: false, problem: NETWORK });
  const whole = underWay();
  const stop = new AbortController();
  const sent = send(photo, () => undefined, stop.signal);
  whole.tell(4);
  stop.abort();
  expect(whole.abort).not.toHaveBeenCalled();
  whole.end({ ok: true, value: 'p1' });
  expect(await sent).toEqual({ ok: true, value: { ids: ['p1'], phrases: [] } });

  const cut = underWay();
  const again = new AbortController();
  const broken = send(photo, () => undefined, again.signal);
  cut.tell(4);
  again.abort();
  cut.tell(2);
  expect(cut.abort).toHaveBeenCalled();
  expect((await broken).ok).toBe(false);
});

/** The request of a form, whose progress and answer are given by the test. */
class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (event: { loaded: number; total: number }) => void; onload?: () => void } = {};
  onload?: () => void;
  onabort?: () => void;
  status = 201;
  responseText = JSON.stringify({ id: 'p2' });
  aborted = false;

  constructor() {
    FakeRequest.last = this;
  }

  open() {}
  setRequestHeader() {}
  send() {}
  getResponseHeader = () => null;

  abort() {
    this.aborted = true;
    this.onabort?.();
  }
}

it('stops the request of a form, and waits for its answer once all of it was sent', async () => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const small = { ...photo, file: { blob: new Blob(['a']), name: 'a.jpg' } };
  const stop = new AbortController();
  const cut = send(small, () => undefined, stop.signal);
  FakeRequest.last.upload.onprogress?.({ loaded: 1, total: 2 });
  stop.abort();
  expect([(await cut).ok, FakeRequest.last.aborted]).toEqual([false, true]);

  const late = new AbortController();
  const parts: number[] = [];
  const whole = send(small, (part) => parts.push(part), late.signal);
  FakeRequest.last.upload.onload?.();
  late.abort();
  expect(FakeRequest.last.aborted).toBe(false);
  FakeRequest.last.onload?.();
  expect(await whole).toMatchObject({ ok: true, value: { ids: ['p2'] } });
  expect(parts).toEqual([1]);
});

it('does not take a line for sent that was given to no network', async () => {
  const line = { ...photo, file: null, text: 'hello' };
  vi.spyOn(captureApi, 'add').mockResolvedValue({ ok: false, problem: NETWORK });
  const parts: number[] = [];
  vi.stubGlobal('navigator', { onLine: false });
  expect((await send(line, (part) => parts.push(part), wanted())).ok).toBe(false);
  expect(parts).toEqual([]);
  vi.stubGlobal('navigator', { onLine: true });
  await send(line, (part) => parts.push(part), wanted());
  expect(parts).toEqual([1]);
});

it('deletes cards that nobody wants, and is content with one that is gone', async () => {
  const remove = vi.spyOn(captureApi, 'remove');
  remove.mockResolvedValueOnce({ ok: true, value: null });
  remove.mockResolvedValueOnce({ ok: false, problem: { ...NETWORK, status: 404, code: 'not_found' } });
  expect(await discard(['p1', 'p2'])).toEqual({ ok: true, value: { ids: [], phrases: [] } });
  expect(remove.mock.calls).toEqual([['p1'], ['p2']]);
  remove.mockResolvedValueOnce({ ok: false, problem: NETWORK });
  expect((await discard(['p3'])).ok).toBe(false);
});

it('does not count a card that was there before among those that the capture became', async () => {
  const line: KeptCapture = { ...photo, file: null, text: 'Да\nНет', eachLine: true };
  const items = [phrase('p1'), phrase('p2')];
  const held = { id: 'p1', code: 'excluded' as const, detail: '' };
  vi.stubGlobal('navigator', { onLine: true });
  const value = { items, known: ['p1'], held_back: [held], left_out: [] };
  vi.spyOn(captureApi, 'add').mockResolvedValue({ ok: true, value });
  expect(await send(line, () => undefined, wanted())).toEqual({
    ok: true,
    value: { ids: ['p2'], phrases: items, known: 1, heldBack: [held] },
  });
});
