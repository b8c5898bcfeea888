/**
 * The events of the server, for all parts of the page. There is one stream per browser; see `transport.ts` for how it is shared. No event
 * is lost over a reconnect: missed events are replayed, and `resync` is called if they cannot be.
 */
import { connection } from '../state/connection.svelte';
import { election } from './election';
import type { Feed } from './hub';
import type { PresentState, StreamEvent } from './source';
import { ownStream, sharedWorker, type Listener } from './transport';

type Handler = (event: StreamEvent) => void;
type Resync = (state: PresentState | null) => void;

const handlers = new Map<string, Set<Handler>>();
const resyncs = new Set<Resync>();
let last: number | null = null;

/** Data fetched after the stream is open cannot be older than it; a stream that takes longer than this is not waited for. */
const READY_AFTER_MS = 400;
let fetchedBefore = false;
let setReady: () => void;
const ready = new Promise<void>((resolve) => (setReady = resolve));

/** For the initial fetch: resolves when the stream is open, or after a timeout. */
export function eventsReady(): Promise<void> {
  return ready;
}

/** Calls `handler` for each event of a kind; returns the function that unsubscribes. */
export function onEvent(kind: string, handler: Handler): () => void {
  const those = handlers.get(kind) ?? new Set();
  handlers.set(kind, those.add(handler));
  return () => those.delete(handler);
}

/** Calls `handler` when events may have been missed: with the present state, or with null if data have to be fetched again. */
export function onResync(handler: Resync): () => void {
  resyncs.add(handler);
  return () => resyncs.delete(handler);
}

/** Connects the page to the browser's stream; returns the function that disconnects. */
export function connectEvents(kinds: string[]): () => void {
  const page: Listener = { take, since: () => last, kinds };
  const ways = [sharedWorker, election, ownStream].filter((way) => way.works());
  let end: () => void = () => undefined;
  const next = () => {
    end();
    const way = ways.shift();
    if (!way) return;
    try {
      end = way.connect(page, next);
    } catch {
      end = () => undefined;
      next();
    }
  };
  next();
  setTimeout(() => {
    fetchedBefore = last === null;
    setReady();
  }, READY_AFTER_MS);
  return () => end();
}

function take(feed: Feed) {
  if (feed.type === 'status') connection.stream = feed.status;
  else if (feed.type === 'event') {
    if (last !== null && feed.event.id <= last) return;
    last = feed.event.id;
    handlers.get(feed.event.kind)?.forEach((handler) => handler(feed.event));
  } else {
    const gap = feed.type === 'reset' || (last === null && fetchedBefore);
    last = feed.last;
    setReady();
    // A shared worker of an older page sends no state.
    const state = feed.type === 'reset' ? (feed.state ?? null) : null;
    if (gap) resyncs.forEach((resync) => resync(state));
  }
}
