/** The kinds of events of Scribe. */
export const EVENTS = ['scribe.changed', 'scribe.deleted'];
