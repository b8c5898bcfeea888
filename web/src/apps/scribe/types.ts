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

export type Passage = Schemas['Passage'];
export type Speaker = Schemas['Speaker'];
export type Transcript = Schemas['Transcription'];
/** What a person changes of a passage: its text, who speaks, or both. */
export interface PassageChange {
  text?: string;
  speaker?: number;
}
export type Quote = Schemas['Quote'];
export type Summary = Schemas['Summary'];
export type Waveform = Schemas['Waveform'];

/** A passage of a session that is still being recorded. */
export type LivePassage = Schemas['LivePassage'];
export type Live = Schemas['LiveTranscript'];
