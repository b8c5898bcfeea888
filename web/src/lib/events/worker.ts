/** The shared worker: one hub for all pages of the browser. */
import { Hub, type Call } from './hub';

interface SharedWorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const hub = new Hub();

(self as unknown as SharedWorkerScope).onconnect = (event) => {
  const port = event.ports[0]!;
  port.onmessage = ({ data }: MessageEvent<Call>) => {
    if (data.type === 'join') hub.join(port, (feed) => port.postMessage(feed), data.since, data.kinds);
    else hub.leave(port);
  };
};
