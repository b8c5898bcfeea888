import { describe, expect, it } from 'vitest';
import type { Passage } from '../types';
import { isWrittenPoorly } from './fluency';

describe('a language that the model knows poorly', () => {
  const passages = [{} as Passage];
  const base = ['local whisper base int8 4.8.4'];

  it('is told where the small model wrote it down', () => {
    expect(isWrittenPoorly({ language: 'ja', made_by: base, passages })).toBe(true);
    expect(isWrittenPoorly({ language: 'fr', made_by: base, passages })).toBe(false);
  });

  it('is not told of other models, nor where nobody speaks', () => {
    expect(isWrittenPoorly({ language: 'ja', made_by: ['local whisper small int8 4.8.4'], passages })).toBe(false);
    expect(isWrittenPoorly({ language: '', made_by: base, passages: [] })).toBe(false);
  });
});
