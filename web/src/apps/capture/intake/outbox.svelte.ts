/**
 * Captures on their way to the server. Each is kept in the browser first, so that a reload, a closed tab or a lost connection loses
 * nothing; one tab of the browser sends them. `begin` is called as soon as there may be something to send, on whatever page that is.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Problem } from '../../../lib/api/problem';
import { connection } from '../../../lib/state/connection.svelte';
import { keep, readKept } from '../../../lib/state/kept';
import { me } from '../../../lib/state/me.svelte';
import { choices } from '../state/choices';
import { wishes } from '../state/wishes.svelte';
import type { HeldBack, Phrase } from '../types';
import type { KeptCapture } from './kept';
import { parcels } from './parcels';
import { discard, send } from './send';
import { Sender } from './sender';
import { takeShared } from './shared';
import { CaptureStore } from './store';

/** Marks that something may be waiting, so that a page that shows other things sends it too. */
const MARK = 'capture.kept';
const OWNER = 'capture.owner';
const LOCK = 'sluice.capture.sender';
const CHANNEL = 'sluice.capture';
const AFTER_ERROR_MS = 5_000;
const LIST_LINES = 50;

/** What a capture has become; `known` of the phrases were there before, and no deck has those that are held back. */
type Arrived = (phrases: Phrase[], known: number, heldBack: HeldBack[]) => unknown;

class Outbox {
  items = $state.raw<KeptCapture[]>([]);
  /** How much of each was sent, from 0 to 1, of those that are being sent. */
  readonly sent = new SvelteMap<string, number>();
  /** Why nothing is sent at the moment. */
  waits = $state.raw<{ problem: Problem; until: number } | null>(null);
  /** Nothing can be kept here: this browser has no storage, or no room. */
  full = $state(false);

  #begun: Promise<CaptureStore> | null = null;
  #channel: BroadcastChannel | null = null;
  #sender: Sender | null = null;
  #wake = () => undefined as void;
  #woken = false;
  #arrived = new Set<Arrived>();
  #pictures = new Map<string, string>();

  /** Opens the storage and begins to send, once. */
  begin(): Promise<CaptureStore> {
    this.#begun ??= this.#begin();
    // A storage that could not be opened is tried again.
    this.#begun.catch(() => (this.#begun = null));
    return this.#begun;
  }

  /** Calls `handler` with what became of a capture; returns the function that ends that. */
  onArrived(handler: Arrived): () => void {
    this.#arrived.add(handler);
    return () => this.#arrived.delete(handler);
  }

  /** Pictures and sounds. */
  async takeFiles(files: Iterable<{ blob: Blob; name: string }>): Promise<boolean> {
    return this.#take([...files].map((file) => ({ file, text: '', eachLine: false })));
  }

  /** A line, or a list with a phrase on each line; `mended` are the keys of what was refused, whose place it takes. */
  async takeText(text: string, eachLine: boolean, mended: string[] = []): Promise<boolean> {
    const most = choices()?.list_lines ?? LIST_LINES;
    const parts = parcels(text, eachLine, most).map((part) => ({ file: null, text: part, eachLine }));
    return this.#take(parts, mended);
  }

  /** What was refused is kept as the person mends it; it is not sent before they say so. Several that are mended together are one. */
  async mend([key, ...merged]: string[], text: string, eachLine: boolean) {
    if (key === undefined) return;
    await (await this.begin()).change(key, { text, eachLine }, merged);
    await this.#look();
  }

  async #take(parts: Pick<KeptCapture, 'file' | 'text' | 'eachLine'>[], instead: string[] = []): Promise<boolean> {
    if (parts.length === 0) return true;
    const { language, translateTo } = wishes;
    const at = Date.now();
    try {
      const store = await this.begin();
      const mine = (await owner()) ?? '';
      await store.add(
        parts.map((part, n) => ({
          ...part,
          key: crypto.randomUUID(),
          owner: mine,
          at: at + n,
          language,
          translateTo,
          stuck: null,
        })),
        instead,
      );
    } catch {
      this.full = true;
      return false;
    }
    this.full = false;
    keep(MARK, true);
    await this.#changed();
    return true;
  }

  /** What was refused is sent once more, perhaps in another language. */
  async retry(key: string) {
    const store = await this.begin();
    // Another key: the server may have kept its answer to the first one.
    const kept = this.items.find((one) => one.key === key);
    if (!kept) return;
    await store.drop(key);
    const { language, translateTo } = wishes;
    await store.add([{ ...kept, key: crypto.randomUUID(), stuck: null, whole: false, language, translateTo }]);
    this.#forgetPicture(key);
    await this.#changed();
  }

  /** It is not sent any further, and what was sent of it becomes no card; the tab that sends sees to it. */
  async remove(key: string) {
    await (await this.begin()).change(key, { removed: true });
    this.#forgetPicture(key);
    await this.#changed();
  }

  /** The address of a picture that is still here; null for what is none. */
  pictureOf({ key, file }: KeptCapture): string | null {
    if (!file?.blob.type.startsWith('image/')) return null;
    const url = this.#pictures.get(key) ?? URL.createObjectURL(file.blob);
    this.#pictures.set(key, url);
    return url;
  }

  wake() {
    this.#sender?.release();
    this.#next();
  }

  async #begin(): Promise<CaptureStore> {
    const store = await CaptureStore.open();
    const channel = (this.#channel = new BroadcastChannel(CHANNEL));
    channel.onmessage = () => {
      void this.#look();
      this.wake();
    };
    addEventListener('online', () => this.wake());
    document.addEventListener('visibilitychange', () => document.hidden || this.wake());
    $effect.root(() => {
      $effect(() => {
        if (connection.stream === 'open') this.wake();
      });
    });
    this.#begun = Promise.resolve(store);
    await takeShared(async ({ files, text }) => {
      const kept = await this.takeFiles(files.map((blob) => ({ blob, name: blob.name })));
      if (!kept || !(await this.takeText(text, false))) throw new Error('there is no room for what was shared');
    }).catch(() => undefined);
    await this.#look();
    void this.#run(store);
    return store;
  }

  async #run(store: CaptureStore) {
    const release = await held(LOCK);
    const sender = (this.#sender = new Sender({
      store,
      owner,
      send,
      discard,
      now: () => Date.now(),
      progress: (key, part) => (part === null ? this.sent.delete(key) : this.sent.set(key, part)),
      arrived: ({ key }, phrases, known, heldBack) => {
        this.#forgetPicture(key);
        void this.#changed();
        this.#arrived.forEach((handler) => handler(phrases, known, heldBack));
      },
      refused: () => void this.#changed(),
      waits: (problem, until) => (this.waits = problem && { problem, until }),
    }));
    try {
      for (;;) {
        this.#woken = false;
        const wait = await sender.round().catch(() => AFTER_ERROR_MS);
        if (!this.#woken) await this.#sleep(wait);
      }
    } finally {
      release();
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** For the other tabs, too. */
  async #changed() {
    this.#channel?.postMessage('changed');
    await this.#look();
    this.#next();
  }

  /** What is new is sent beside what is being sent. */
  #next() {
    void this.#sender?.round().catch(() => undefined);
    this.#woken = true;
    this.#wake();
  }

  async #look() {
    const store = await this.begin();
    const [all, mine] = [await store.all(), await owner()];
    this.items = all.filter((one) => one.owner === mine && !one.removed);
    keep(MARK, all.length > 0 || null);
  }

  #forgetPicture(key: string) {
    const url = this.#pictures.get(key);
    if (url) URL.revokeObjectURL(url);
    this.#pictures.delete(key);
  }
}

/** Who captures here: without a connection, whoever was here last. */
async function owner(): Promise<string | null> {
  const last = readKept<string | null>(OWNER, null);
  if (!navigator.onLine && last !== null) return last;
  const now = await me.owner();
  if (now !== null && now !== last) keep(OWNER, now);
  return now ?? last;
}

/** One tab sends at a time. */
async function held(name: string): Promise<() => void> {
  // Only on https and localhost: elsewhere each tab sends, and the keys see to it that nothing is there twice.
  if (!('locks' in navigator)) return () => undefined;
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}

export const outbox = new Outbox();
