import { expect, test, vi } from 'vitest';
import { NETWORK, type Problem } from './problem';
import { arrivedIn, delayAfter, uploadFor } from './upload';

const problem = (status: number, code: string, retryAt: number | null = null): Problem => ({
  ...NETWORK,
  status,
  code,
  retryAt,
});

test('a connection that is away is waited for, however long', () => {
  expect(delayAfter(NETWORK, 1)).toBe(500);
  expect(delayAfter(NETWORK, 100)).toBe(15_000);
  expect(delayAfter(problem(503, 'server_stopping'), 50)).toBe(15_000);
});

test('a server that fails is asked some times, and a refusal is final', () => {
  expect(delayAfter(problem(500, 'internal'), 1)).toBe(500);
  expect(delayAfter(problem(500, 'internal'), 6)).toBeNull();
  for (const refused of [
    problem(413, 'document_too_large'),
    problem(422, 'document_encrypted'),
    problem(415, 'not_a_pdf'),
    problem(429, 'too_many_uploads'),
    problem(507, 'disk_full'),
  ])
    expect(delayAfter(refused, 1), refused.code).toBeNull();
});

test('the server says when to come back', () => {
  expect(delayAfter(problem(423, 'upload_locked', 3000), 1, 0)).toBe(3000);
  expect(delayAfter(problem(423, 'upload_locked', 1e9), 1, 0)).toBe(60_000);
});

test('a file becomes a document, or something of the app that took it', () => {
  const answer = (headers: Record<string, string>) => arrivedIn({ getHeader: (name) => headers[name] });
  expect(answer({ 'Sluice-Document': 'd1' })).toEqual({ document: 'd1' });
  expect(answer({ 'Sluice-Taken': 'scribe/s1' })).toEqual({ app: 'scribe', id: 's1' });
  expect(answer({ 'Sluice-Taken': 'scribe' })).toBeNull();
  expect(answer({})).toBeNull();
});

const tus = vi.hoisted(() => ({ starts: 0, ended: [] as (boolean | undefined)[] }));

/** An upload whose connection is cut whenever it starts. */
vi.mock('tus-js-client', () => ({
  defaultOptions: {},
  Upload: class {
    url = null;
    constructor(
      readonly file: File,
      readonly options: { onError?: (error: Error) => void },
    ) {}
    findPreviousUploads = async () => [];
    start() {
      tus.starts += 1;
      setTimeout(() => this.options.onError?.(new Error('cut')));
    }
    abort = async (ends?: boolean) => void tus.ended.push(ends);
  },
}));

test('an upload that is stopped is not begun again, whether it is just beginning or waits for the connection', async () => {
  // The device is online all the time.
  vi.stubGlobal('addEventListener', () => undefined);
  const file = new File(['a'], 'a.jpg');
  const beginning = uploadFor('capture', file, () => undefined);
  beginning.abort();
  expect(await beginning.done).toMatchObject({ ok: false, problem: { code: 'stopped' } });
  await vi.waitFor(() => expect(tus.ended).toEqual([true]));
  expect(tus.starts).toBe(0);

  let waits = false;
  const waiting = uploadFor('capture', file, (sent) => (waits = sent.waits));
  await vi.waitFor(() => expect(waits).toBe(true));
  waiting.abort();
  await waiting.done;
  await vi.waitFor(() => expect(tus.ended.length).toBeGreaterThan(2));
  expect(tus.starts).toBe(1);
});
