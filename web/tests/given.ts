/** What the browser gave the recorder, slice by slice, to be compared with what the server has: byte for byte, each once. */
import type { BrowserContext } from '@playwright/test';
import { createHash } from 'node:crypto';

interface Slice {
  recorder: string;
  index: number;
  bytes: number;
  sha256: string;
}

/** What a page that is closed in mid-recording had no time to write: slices, and bytes that it wrote without having said so here. */
const UNWRITTEN = { slices: 3, bytes: 20_000 };

export class Given {
  /** By their recorders, in the order in which these began. */
  readonly #slices = new Map<string, Slice[]>();

  /** Watches every MediaRecorder of pages that are opened from now on. */
  static async watch(context: BrowserContext): Promise<Given> {
    const given = new Given();
    await context.exposeFunction('sliceGiven', (slice: Slice) => given.#take(slice));
    await context.addInitScript(() => {
      globalThis.MediaRecorder = class extends MediaRecorder {
        constructor(stream: MediaStream, options?: MediaRecorderOptions) {
          super(stream, options);
          const recorder = crypto.randomUUID();
          let next = 0;
          this.addEventListener('dataavailable', async ({ data }) => {
            if (data.size === 0) return;
            const index = next++;
            const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()));
            const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
            const test = globalThis as unknown as { sliceGiven: (slice: Slice) => Promise<void> };
            await test.sliceGiven({ recorder, index, bytes: data.size, sha256 });
          });
        }
      };
    });
    return given;
  }

  /** Slices of all recorders. */
  get count(): number {
    return [...this.#slices.values()].reduce((sum, slices) => sum + slices.length, 0);
  }

  get recorders(): number {
    return this.#slices.size;
  }

  /** What is wrong with the bytes that the server has of the recorder that began as this one. `cut`: its page was closed while it recorded. */
  wrongIn(recorder: number, bytes: Buffer, cut: boolean): string[] {
    const slices = [...([...this.#slices.values()][recorder] ?? [])].sort((a, b) => a.index - b.index);
    let from = 0;
    for (const [n, slice] of slices.entries()) {
      if (slice.index !== n) return [`slice ${n} was given and is not known to the test`];
      const there = bytes.subarray(from, from + slice.bytes);
      if (createHash('sha256').update(there).digest('hex') !== slice.sha256) {
        if (cut && n >= slices.length - UNWRITTEN.slices && from === bytes.length) return [];
        return [`slice ${n} of ${slices.length}, ${slice.bytes} bytes, is not at byte ${from} of ${bytes.length}`];
      }
      from += slice.bytes;
    }
    const more = bytes.length - from;
    if (more === 0 || (cut && more < UNWRITTEN.bytes)) return [];
    return [`${more} bytes more than the recorder gave`];
  }

  #take(slice: Slice) {
    const slices = this.#slices.get(slice.recorder) ?? [];
    slices.push(slice);
    this.#slices.set(slice.recorder, slices);
  }
}
