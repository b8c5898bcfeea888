/** Whether a transcript is in a language that the model which wrote it down knows poorly. */
import type { Transcript } from '../types';

/** What Whisper base writes down well or fairly: `BASE_KNOWS` of the server's speech to text. */
const KNOWN_TO_BASE = new Set(['de', 'en', 'es', 'fr', 'it', 'nl', 'pt']);

export function isWrittenPoorly(transcript: Pick<Transcript, 'language' | 'made_by' | 'passages'>): boolean {
  const isByBase = transcript.made_by.some((name) => name.includes('whisper base'));
  return isByBase && transcript.passages.length > 0 && !KNOWN_TO_BASE.has(transcript.language);
}
