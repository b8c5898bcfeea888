/** A proxy before the server: it counts the event streams that the browser opens, and can cut them as a bad network does. */
import { once } from 'node:events';
import { createServer, request, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Proxy {
  /** Event streams that were ever asked for. */
  streams = 0;
  /** `last_event_id` or `Last-Event-ID` of each of them; null for none. */
  readonly resumed: (string | null)[] = [];
  #open = new Set<ServerResponse>();
  #refused = false;
  #place: string | null = null;

  private constructor(
    readonly url: string,
    readonly server: HttpServer,
  ) {}

  static async before(target: string): Promise<Proxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new Proxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', (asked, answer) => {
      const address = new URL(asked.url ?? '/', target);
      if (address.pathname === '/api/v1/events') {
        proxy.streams += 1;
        const header = asked.headers['last-event-id'];
        proxy.resumed.push((typeof header === 'string' ? header : null) ?? address.searchParams.get('last_event_id'));
        if (proxy.#refused) return answer.destroy();
        proxy.#open.add(answer);
        answer.on('close', () => proxy.#open.delete(answer));
      }
      const { method, url: path } = asked;
      const headers = { ...asked.headers };
      if (address.pathname === '/api/v1/events' && proxy.#place) headers['last-event-id'] = proxy.#place;
      const onward = request({ hostname, port, path, method, headers }, (came) => {
        answer.writeHead(came.statusCode ?? 502, came.headers);
        came.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      asked.pipe(onward);
    });
    return proxy;
  }

  get openStreams(): number {
    return this.#open.size;
  }

  /** Cuts every stream, and refuses new ones until `mend`. */
  cut() {
    this.#refused = true;
    this.#open.forEach((answer) => answer.destroy());
  }

  mend() {
    this.#refused = false;
  }

  /** Whatever the browser asks to resume from, the server hears this place. */
  resumeFrom(place: string) {
    this.#place = place;
  }

  async end() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
