/** The kinds of events of Scribe. */
export const EVENTS = ['scribe.changed', 'scribe.deleted'];
/** More was heard of a session that is being recorded. */
export const HEARD = 'scribe.heard';

/** The session that an event is about. */
export function idIn(data: unknown): string | null {
  const id = typeof data === 'object' && data !== null && 'session_id' in data ? data.session_id : null;
  return typeof id === 'string' ? id : null;
}
