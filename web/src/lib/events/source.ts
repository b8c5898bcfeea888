/**
 * One connection to the server's event stream. The browser resumes it automatically with `Last-Event-ID`; if it gives up (after a
 * response that is not a stream), this opens a new one from the last event that was seen. Runs in a page or in the shared worker.
 */
import type { components } from '../api/schema';

export interface StreamEvent {
  id: number;
  kind: string;
  data: unknown;
}

/** The present state of what the page shows, by which a client replaces what it knew: unfinished jobs, and a part of each app. */
export type PresentState = components['schemas']['PresentState'];

export type Status = 'opening' | 'open' | 'lost';

export interface SourceHandlers {
  /** The stream is open, and everything after event `id` will arrive. */
  opened: (id: number) => void;
  lost: () => void;
  event: (event: StreamEvent) => void;
  /** Missed events are no longer available: `state` takes the place of what is known; without it everything has to be fetched
   * again. The stream continues after `id`. */
  reset: (id: number, state: PresentState | null) => void;
}

export interface Source {
  /** Kinds of events to subscribe to from now on; EventSource only delivers those that it has listeners for. */
  hear: (kinds: string[]) => void;
  close: () => void;
}

const ADDRESS = '/api/v1/events';
const REOPEN_AFTER_MS = 2000;

export function openSource(since: number | null, handlers: SourceHandlers, make = defaultSource): Source {
  const kinds = new Set<string>();
  let last = since;
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const seen = (event: MessageEvent<string>): number => {
    const id = Number(event.lastEventId);
    if (event.lastEventId !== '' && Number.isFinite(id)) last = id;
    return last ?? 0;
  };
  const hear = (kind: string) =>
    source.addEventListener(kind, (event: MessageEvent<string>) => {
      const data = parse(event.data);
      if (data !== undefined) handlers.event({ id: seen(event), kind, data });
    });
  const open = () => {
    source = make(last === null ? ADDRESS : `${ADDRESS}?last_event_id=${last}`);
    source.addEventListener('hello', (event) => handlers.opened(seen(event)));
    source.addEventListener('reset', (event) => {
      const id = seen(event);
      handlers.reset(id, stateOf(event));
      handlers.opened(id);
    });
    source.addEventListener('error', () => {
      handlers.lost();
      if (source.readyState === 2) timer = setTimeout(open, REOPEN_AFTER_MS);
    });
    kinds.forEach(hear);
  };

  open();
  return {
    hear: (more) => {
      for (const kind of more) {
        if (kinds.has(kind)) continue;
        kinds.add(kind);
        hear(kind);
      }
    },
    close: () => {
      clearTimeout(timer);
      source.close();
    },
  };
}

function defaultSource(address: string): EventSource {
  return new EventSource(address);
}

function stateOf(event: MessageEvent<string>): PresentState | null {
  const data = parse(event.data);
  const known = typeof data === 'object' && data !== null && 'jobs' in data && 'apps' in data;
  return known ? (data as PresentState) : null;
}

/** Undefined for events that this page does not understand: they are for a newer version. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
