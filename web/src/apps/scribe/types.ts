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
