/** What pages and the worker that sends tell each other, in all tabs of the browser. */
import type { UploaderState } from './uploader';

export type Post =
  /** Something may have changed that it waits for. */
  | { type: 'wake' }
  /** There is another slice: a chunk may be whole. */
  | { type: 'kept' }
  /** From whichever worker sends: why nothing can be sent. */
  | { type: 'state'; state: UploaderState }
  /** Something of a session was sent; its id once the server has it. */
  | { type: 'changed'; session: string; id: string | null };

export const CHANNEL = 'sluice.scribe';
