/** How a page gets its events: from the shared worker, from an elected leader, or by its own stream. */
import { Hub, type Call, type Feed } from './hub';

export interface Listener {
  take: (feed: Feed) => void;
  /** The last event that the page saw. */
  since: () => number | null;
  kinds: string[];
}

export interface Transport {
  works: () => boolean;
  /** Returns the function that disconnects. `failed` is called if it turns out not to work. */
  connect: (page: Listener, failed: () => void) => () => void;
}

export const sharedWorker: Transport = {
  works: () => 'SharedWorker' in globalThis,
  connect(page, failed) {
    const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'sluice.events' });
    const call = (message: Call) => worker.port.postMessage(message);
    const join = () => call({ type: 'join', since: page.since(), kinds: page.kinds });
    const leave = () => call({ type: 'leave' });
    // A page in the back/forward cache is suspended; it catches up when it is shown again.
    const shown = (event: PageTransitionEvent) => event.persisted && join();
    worker.port.onmessage = ({ data }: MessageEvent<Feed>) => page.take(data);
    worker.onerror = failed;
    addEventListener('pagehide', leave);
    addEventListener('pageshow', shown);
    join();
    return () => {
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', shown);
      leave();
      worker.port.close();
    };
  },
};

export const ownStream: Transport = {
  works: () => true,
  connect(page) {
    const hub = new Hub(page.since());
    hub.join(page, page.take, page.since(), page.kinds);
    return () => hub.close();
  },
};
