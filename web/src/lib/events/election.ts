/**
 * Without a shared worker the pages elect a leader by a web lock: it has the stream and forwards events to the others by a broadcast
 * channel. When it closes, the browser grants the lock to another page, which continues from the last event that it saw.
 */
import { Hub, type Feed } from './hub';
import type { Transport } from './transport';

type Post =
  | { from: 'leader'; to: string | null; feed: Feed }
  /** A page joins, or asks again after a change of leader. */
  | { from: 'page'; id: string; type: 'join'; since: number | null; kinds: string[] }
  | { from: 'page'; id: string; type: 'leave' }
  | { from: 'leader'; to: null; type: 'elected' };

const NAME = 'sluice.events';

export const election: Transport = {
  works: () => 'BroadcastChannel' in globalThis && 'locks' in navigator,
  connect(page) {
    const id = Math.random().toString(36).slice(2);
    const channel = new BroadcastChannel(NAME);
    const ended = new AbortController();
    let hub: Hub | null = null;
    const post = (message: Post) => channel.postMessage(message);
    const join = () => post({ from: 'page', id, type: 'join', since: page.since(), kinds: page.kinds });

    channel.onmessage = ({ data }: MessageEvent<Post>) => {
      if (data.from === 'leader') {
        if (hub) return;
        if ('type' in data) join();
        else if (data.to === id) page.take(data.feed);
        return;
      }
      if (!hub) return;
      const { id: other } = data;
      if (data.type === 'leave') hub.leave(other);
      else hub.join(other, (feed) => post({ from: 'leader', to: other, feed }), data.since, data.kinds);
    };

    const lead = () => {
      hub = new Hub(page.since());
      hub.join(id, page.take, page.since(), page.kinds);
      post({ from: 'leader', to: null, type: 'elected' });
      // The lock is held until the page closes.
      return new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve()));
    };
    navigator.locks.request(NAME, { signal: ended.signal }, lead).catch(() => undefined);
    join();

    return () => {
      post({ from: 'page', id, type: 'leave' });
      ended.abort();
      hub?.close();
      channel.close();
    };
  },
};
