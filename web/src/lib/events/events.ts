/**
 * The events of the server, for whatever on the page wants them. There is one stream for the whole browser; see `transport.ts` for how it
 * is shared. Nothing is lost over a reconnect: missed events are replayed, and `resync` is called when they cannot be.
 */
import { connection } from '../state/connection.svelte';
import { election } from './election';
import type { Feed } from './hub';
import type { StreamEvent } from './source';
import { ownStream, sharedWorker, type Listener } from './transport';

type Handler = (event: StreamEvent) => void;

const handlers = new Map<string, Set<Handler>>();
const resyncs = new Set<() => void>();
let last: number | null = null;

/** What is fetched once the stream is open cannot be older than it; a stream that takes longer than this is not waited for. */
const READY_AFTER_MS = 400;
let fetchedBefore = false;
let setReady: () => void;
const ready = new Promise<void>((resolve) => (setReady = resolve));

/** For the first fetch of what is shown: resolves when the stream is open, or takes too long. */
export function eventsReady(): Promise<void> {
  return ready;
}

/** Calls `handler` for each event of a kind; gives the function that ends it. */
export function onEvent(kind: string, handler: Handler): () => void {
  const those = handlers.get(kind) ?? new Set();
  handlers.set(kind, those.add(handler));
  return () => those.delete(handler);
}

/** Calls `handler` when what is shown may be older than what the stream will bring, and has to be fetched again. */
export function onResync(handler: () => void): () => void {
  resyncs.add(handler);
  return () => resyncs.delete(handler);
}

/** Connects the page to the stream of the browser; gives the function that ends it. */
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
    if (gap) resyncs.forEach((resync) => resync());
  }
}
