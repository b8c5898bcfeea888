import { expect, test } from 'vitest';
import { NETWORK, type Problem } from './problem';
import { arrivedIn, delayAfter } from './upload';

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
