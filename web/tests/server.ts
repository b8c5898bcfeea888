/** A server of a worker's own: the release binary in SLUICE_BINARY, on a free port, with a folder that is thrown away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARY = process.env['SLUICE_BINARY'] ?? '';
const START_MS = 20_000;

export class Server {
  readonly url: string;
  #child: ChildProcess | null = null;
  #said = '';

  private constructor(
    readonly port: number,
    readonly data: string,
    readonly options: string[],
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** By default for one person on this machine; an option given here takes its place. */
  static async create(options: string[] | ((url: string) => string[]) = ['--single-user']): Promise<Server> {
    const port = await freePort();
    const given = typeof options === 'function' ? options(`http://localhost:${port}`) : options;
    const server = new Server(port, mkdtempSync(join(tmpdir(), 'sluice-page-')), given);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const child = spawn(BINARY, ['serve', ...this.options, '--listen', `127.0.0.1:${this.port}`, '--data', this.data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (part) => (this.#said += part));
    child.stderr.on('data', (part) => (this.#said += part));
    await this.#answers(child);
  }

  /** A file with a secret in its folder. */
  secret(text: string): string {
    const path = join(this.data, 'secret.txt');
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** What it has printed so far. */
  said(): string {
    return this.#said;
  }

  /** As a crash does: no chance to tidy up. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  async #answers(child: ChildProcess): Promise<void> {
    const until = Date.now() + START_MS;
    let ended = false;
    child.once('exit', () => (ended = true));
    while (Date.now() < until && !ended) {
      const answer = await fetch(`${this.url}/api/v1/health`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server did not start:\n${this.#said.slice(-4000)}`);
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
