/** The kinds of events of Capture. */
export const CHANGED = 'capture.changed';
export const DELETED = 'capture.deleted';
export const DRAFTED = 'capture.drafted';
export const EVENTS = [CHANGED, DELETED, DRAFTED];

/** The phrase, or the drafts, that an event is about. */
export function idIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null;
  const id = 'phrase_id' in data ? data.phrase_id : 'draft_id' in data ? data.draft_id : null;
  return typeof id === 'string' ? id : null;
}
