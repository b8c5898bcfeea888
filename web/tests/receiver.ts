/** A program that is told of events: it keeps what arrives, and answers as the test says. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';

export interface Arrived {
  id: string;
  type: string;
  /** Those that the header has, without their version. */
  signatures: string[];
  /** Whether one of them is made with this secret. */
  signedWith: (secret: string) => boolean;
}

export class Receiver {
  readonly arrived: Arrived[] = [];
  status = 204;
  #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (body += part));
      request.on('end', () => {
        receiver.#keep(request.headers as Record<string, string>, body);
        response.writeHead(receiver.status).end(receiver.status >= 400 ? 'out of order' : undefined);
      });
    });
    const receiver = new Receiver(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it has ended');
    return `http://127.0.0.1:${address.port}/hooks`;
  }

  end() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #keep(headers: Record<string, string>, body: string) {
    const id = headers['webhook-id'] ?? '';
    const signed = `${id}.${headers['webhook-timestamp']}.${body}`;
    const signatures = (headers['webhook-signature'] ?? '').split(' ').map((one) => one.replace(/^v1,/, ''));
    const made = (secret: string) =>
      createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
        .update(signed)
        .digest('base64');
    this.arrived.push({
      id,
      type: (JSON.parse(body) as { type: string }).type,
      signatures,
      signedWith: (secret) => signatures.includes(made(secret)),
    });
  }
}
