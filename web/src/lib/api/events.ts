import { isReelChange, type ReelChange } from '../reel/change';

/**
 * The event stream. The browser resumes it by itself with Last-Event-ID; when it gives up (an answer that is not a stream),
 * this opens a new one, and `resumed` tells the page to fetch what it shows, so that nothing is lost meanwhile.
 */
export interface StreamHandlers {
  reelChanged: (change: ReelChange) => void;
  reelDeleted: (reelId: string) => void;
  /** The stream is open; `again` when it had been lost. */
  opened: (again: boolean) => void;
  lost: () => void;
}

const REOPEN_AFTER_MS = 2000;

export function openEvents(handlers: StreamHandlers): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;

  const open = () => {
    source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => {
      handlers.opened(wasLost);
      wasLost = false;
    });
    source.addEventListener('error', () => {
      wasLost = true;
      handlers.lost();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS);
    });
    source.addEventListener('reel.changed', (event) => read(event, handlers.reelChanged));
    // A job has states of its own; that it changed is reason enough to look at its reel.
    source.addEventListener('job.changed', (event) =>
      read(event, (change) => handlers.reelChanged({ reel_id: change.reel_id })),
    );
    source.addEventListener('reel.deleted', (event) => read(event, (change) => handlers.reelDeleted(change.reel_id)));
  };

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

function read(event: MessageEvent<string>, then: (change: ReelChange) => void) {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    return; // An event that this page does not understand is for a newer page.
  }
  if (isReelChange(data)) then(data);
}
