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
  /** All of it was sent, and no answer came yet: there may be a card of it. */
  whole?: boolean;
  /** A person removed it: it is to become no card. */
  removed?: boolean;
  /** The cards that it had become by then, which are to be deleted. */
  became?: string[];
}
