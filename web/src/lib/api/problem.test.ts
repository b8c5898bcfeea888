import { describe, expect, it } from 'vitest';
import { problemFrom } from './problem';

describe('problemFrom', () => {
  it('reads problem+json', () => {
    const body = { code: 'document_scanned', title: 'Scanned', detail: 'No text', ocr_available: true };
    expect(problemFrom(422, body, null, 0)).toMatchObject({
      code: 'document_scanned',
      title: 'Scanned',
      ocrAvailable: true,
    });
  });

  it('keeps the members that an app adds', () => {
    expect(problemFrom(412, { code: 'scene_changed', scene: { id: '7' } }, null, 0).members['scene']).toEqual({
      id: '7',
    });
    expect(problemFrom(500, null, null, 0).members).toEqual({});
  });

  it('makes something of an answer that is none', () => {
    expect(problemFrom(413, null, null, 0).code).toBe('document_too_large');
    expect(problemFrom(502, '<html>', null, 0).code).toBe('unexpected');
  });

  it('knows when it opens again', () => {
    expect(problemFrom(429, {}, '120', 1000).retryAt).toBe(121_000);
    expect(problemFrom(429, {}, 'Thu, 01 Jan 1970 00:01:00 GMT', 0).retryAt).toBe(60_000);
    expect(problemFrom(429, {}, 'soon', 0).retryAt).toBeNull();
  });
});
