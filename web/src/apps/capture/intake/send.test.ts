import { beforeEach, expect, it, vi } from 'vitest';
import { NETWORK } from '../../../lib/api/problem';
import { uploadFor } from '../../../lib/api/upload';
import { captureApi } from '../api';
import { phrase } from '../example';
import type { KeptCapture } from './kept';
import { send, WHOLE_BYTES } from './send';

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

it('sends a large file in parts, under a name by which it is known after a reload', async () => {
  vi.spyOn(captureApi, 'show').mockResolvedValue({ ok: true, value: phrase('p1') });
  const parts: number[] = [];
  expect(await send(photo, (part) => parts.push(part))).toEqual({ ok: true, value: [phrase('p1')] });
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
  expect(await send(photo, () => undefined)).toEqual({ ok: true, value: [] });
});
