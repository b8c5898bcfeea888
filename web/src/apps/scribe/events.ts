/** The kinds of events of Scribe. */
export const EVENTS = ['scribe.changed', 'scribe.deleted'];
/** More was heard of a session that is being recorded. */
export const HEARD = 'scribe.heard';
/** The server takes the chunks of a session again whose outbox had to wait. */
export const ROOM = 'scribe.room';

/** A job of any app changed. */
export const JOB = 'job.changed';

const FINAL = ['succeeded', 'dead', 'cancelled', 'expired'];

/** The session that an event is about. */
export function idIn(data: unknown): string | null {
  return textIn(data, 'session_id');
}

/** What the job worked on that has ended; null if it goes on. */
export function endedIn(data: unknown): string | null {
  return FINAL.includes(textIn(data, 'state') ?? '') ? textIn(data, 'subject') : null;
}

function textIn(data: unknown, field: string): string | null {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[field] : null;
  return typeof value === 'string' ? value : null;
}
