/** The API's shapes of Scribe by short names. */
import type { components } from '../../lib/api/schema';

type Schemas = components['schemas'];

/** A session as lists show it. */
export type SessionSummary = Schemas['RecordingSummary'];
export type Session = Schemas['RecordingView'];
export type Segment = Schemas['SegmentView'];
export type SessionState = Schemas['RecordingState'];
export type SessionPage = Schemas['RecordingPage'];
export type SessionChange = Schemas['SessionChange'];
export type Gaps = Omit<Schemas['Gaps'], 'missing'> & {
  /** Segments, and which of their chunks are missing. */
  missing: [number, number[]][];
};
/** Its part of the present state. */
export type ScribeSnapshot = Schemas['ScribeSnapshot'];

/** When something is said, in milliseconds from the beginning of the session. */
export interface Span {
  start_ms: number;
  end_ms: number;
}
export type SpokenWord = Schemas['SpokenWord'];
export type Gap = Schemas['Gap'];
export type LeftOut = Schemas['LeftOut'];
export type Format = 'txt' | 'srt' | 'vtt' | 'json' | 'md' | 'docx';

/** A stretch of speech. A server that keeps no edits gives none of the optional fields. */
export type Passage = Schemas['Passage'] & {
  /** Its position as it was heard: it stays the same. */
  number?: number;
  speaker?: number | null;
  edited?: boolean;
};
export interface Speaker {
  number: number;
  /** Null until somebody names the voice. */
  name: string | null;
  voice_id: string | null;
}
export type Transcript = Omit<Schemas['Transcription'], 'passages'> & {
  /** Rises with each edit; missing where there are no edits. */
  revision?: number;
  speakers?: Speaker[];
  passages: Passage[];
};
export interface PassageChange {
  text?: string;
  speaker?: number | null;
}

/** A sentence of the transcript, word for word. */
export interface Quote {
  text: string;
  start_ms: number;
  passage: number;
  speaker: number | null;
}
export interface Summary {
  /** `extract`: nothing in it was written by a model, all of it was said. */
  kind: string;
  made_by: string;
  language: string;
  overview: Quote[];
  decisions: Quote[];
  actions: Quote[];
  moments: { start_ms: number; title: string }[];
  key_terms: string[];
  participants: { speaker: number; name: string | null; share: number }[];
}
/** The loudness over the time line, from 0 to 255. */
export interface Waveform {
  points: number[];
  length_ms: number;
}

/** A passage of a session that is still being recorded. */
export interface LivePassage extends Span {
  segment: number;
  text: string;
  words: SpokenWord[];
  speaker: number | null;
  /** Certain ones stay as they are; the others may be heard otherwise yet. */
  certain: boolean;
}
export interface Live {
  passages: LivePassage[];
  heard_until_ms: number;
  behind_ms: number;
  language: string | null;
}
