/** What the browser keeps of captures until the server has them. */
import type { Problem } from '../../../lib/api/problem';

export interface KeptCapture {
  /** Chosen here, and the Idempotency-Key: what is sent twice is one phrase. */
  key: string;
  owner: string;
  at: number;
  /** A picture or a sound; none for text. */
  file: { blob: Blob; name: string } | null;
  text: string;
  eachLine: boolean;
  /** ISO 639-1; null to have it found out. */
  language: string | null;
  translateTo: string | null;
  /** Why it is not sent until a person decides. */
  stuck: Problem | null;
}
