/** What the browser keeps of recordings until the server has acknowledged it. */

/** `mixed` is the microphone and a tab as one sound. */
export type Source = 'microphone' | 'tab' | 'mixed';

/** Why something is not sent until a person decides: the server's code, or the page's own. */
export interface Stuck {
  code: string;
  detail: string | null;
}

/** A session of which something is still to be sent. */
export interface KeptSession {
  /** Chosen here, and the Idempotency-Key of its creation; of a session that the server had before, its id. */
  key: string;
  owner: string;
  /** Its id on the server; null for one that was begun offline. */
  id: string | null;
  title: string;
  /** ISO 639-1; null to have it found out. */
  language: string | null;
  transcribe: boolean;
  /** The note that everybody was shown. */
  consent: string | null;
  startedAt: number;
  /** The person has ended it: it is finished as soon as everything has been sent. */
  finish: boolean;
  stuck: Stuck | null;
}

/** Slices `from` to `to`, without the last. */
export interface Bounds {
  from: number;
  to: number;
}

/** One run of a recorder. */
export interface KeptSegment {
  /** Chosen here; the same key gives the same segment. */
  key: string;
  session: string;
  /** Its number on the server, once it was begun there. */
  number: number | null;
  source: Source;
  mediaType: string;
  startedAt: number;
  /** Slices of a chunk. */
  per: number;
  /** Slices of its first chunk, whose words are wanted at once; as many as of any other if it is not said. */
  first?: number;
  /** The most bytes of a chunk, after more were refused. */
  mostBytes: number | null;
  /** No more slices will come. */
  ended: boolean;
  /** Acknowledged chunks: the number of the next one. */
  chunks: number;
  /** The first slice that is in no acknowledged chunk. */
  next: number;
  /** The bounds of the next chunk: fixed before it is first sent, because a retry must have the same bytes. */
  cut: Bounds | null;
  stuck: Stuck | null;
}

/** What a recorder gives at once, about a second of sound. */
export interface Slice {
  segment: string;
  index: number;
  /** Since the beginning of the segment, without pauses. */
  startMs: number;
  lengthMs: number;
  sound: Blob;
}
