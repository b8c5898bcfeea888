/** The provider twin, which stands for remote providers on this machine: any key but `bad-key` is accepted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './server';

const START_MS = 20_000;

export class Twin {
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-twin-'));
  #child: ChildProcess | null = null;

  private constructor(readonly port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Twin> {
    const twin = new Twin(await freePort());
    const listen = `127.0.0.1:${twin.port}`;
    twin.#child = spawn(process.env['SLUICE_BINARY'] ?? '', ['twin', '--listen', listen], { stdio: 'ignore' });
    const until = Date.now() + START_MS;
    while (!(await fetch(`${twin.url}/twin`).catch(() => null))?.ok) {
      if (Date.now() > until) {
        await twin.end();
        throw new Error('the twin did not start');
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return twin;
  }

  /** A configuration file with this text; `TWIN` in it is the twin's address. */
  config(text: string): string {
    const path = join(this.#folder, 'sluice.toml');
    writeFileSync(path, text.replaceAll('TWIN', this.url));
    return path;
  }

  /** From now on the operations of a provider fail, or none does. */
  async fails(provider: string, fault: unknown): Promise<void> {
    const rules = fault === null ? [] : [{ match: { provider, count: 0 }, fault }];
    const answer = await fetch(`${this.url}/twin/faults`, { method: 'POST', body: JSON.stringify(rules) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** What was charged so far. */
  async bill(): Promise<{ provider: string; operation: string }[]> {
    const answer = await fetch(`${this.url}/twin/bill`);
    return ((await answer.json()) as { entries: { provider: string; operation: string }[] }).entries;
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
