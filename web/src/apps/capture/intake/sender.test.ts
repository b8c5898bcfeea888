import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NETWORK, type Outcome, type Problem } from '../../../lib/api/problem';
import { phrase } from '../example';
import type { KeptCapture } from './kept';
import type { Arrival } from './send';
import { Sender, untilOf } from './sender';
import { CaptureStore } from './store';

const problem = (status: number, code: string, retryAt: number | null = null): Problem => ({
  ...NETWORK,
  status,
  code,
  retryAt,
});

const STOPPED = problem(0, 'stopped');

const capture = (key: string, change: Partial<KeptCapture> = {}): KeptCapture => ({
  key,
  owner: 'ada',
  at: Number(key.slice(1)),
  file: null,
  text: key,
  eachLine: false,
  language: null,
  translateTo: null,
  stuck: null,
  ...change,
});

/** A server whose answers are given by the test, one request at a time. */
class FakeServer {
  asked: string[] = [];
  most = 0;
  /** The cards that it was told to delete, and what it answers to that. */
  discarded: string[][] = [];
  discards: Outcome<Arrival>[] = [];
  #open = new Map<string, (outcome: Outcome<Arrival>) => void>();
  #tell = new Map<string, (part: number) => void>();

  send = (one: KeptCapture, tell: (part: number) => void, signal: AbortSignal): Promise<Outcome<Arrival>> =>
    new Promise((resolve) => {
      this.asked.push(one.key);
      this.#open.set(one.key, resolve);
      let sent = 0;
      this.#tell.set(one.key, (part) => {
        sent = part;
        tell(part);
      });
      signal.addEventListener('abort', () => sent < 1 && this.answer(one.key, { ok: false, problem: STOPPED }));
      this.most = Math.max(this.most, this.#open.size);
    });

  get open(): string[] {
    return [...this.#open.keys()];
  }

  discard = async (ids: string[]): Promise<Outcome<Arrival>> => {
    this.discarded.push(ids);
    return this.discards.shift() ?? { ok: true, value: { ids: [], phrases: [] } };
  };

  tell(key: string, part: number) {
    this.#tell.get(key)!(part);
  }

  answer(key: string, outcome: Outcome<Arrival> = { ok: true, value: { ids: [key], phrases: [phrase(key)] } }) {
    this.#open.get(key)!(outcome);
    this.#open.delete(key);
  }
}

describe('captures on their way', () => {
  let store: CaptureStore;
  let server: FakeServer;
  let now: number;
  let arrived: string[];
  let waits: (string | null)[];
  let progress: (number | null)[];
  let names = 0;

  beforeEach(async () => {
    store = await CaptureStore.open(`sender-${(names += 1)}`);
    server = new FakeServer();
    [now, arrived, waits, progress] = [1_000, [], [], []];
  });
  afterEach(() => store.close());

  const sender = (owner: string | null = 'ada') =>
    new Sender({
      store,
      owner: async () => owner,
      send: server.send,
      discard: server.discard,
      now: () => now,
      progress: (_key, part) => progress.push(part),
      arrived: ({ key }) => arrived.push(key),
      refused: () => undefined,
      waits: (why) => waits.push(why?.code ?? null),
    });

  const until = async (is: () => boolean) => {
    for (let n = 0; n < 1_000 && !is(); n += 1) await new Promise((resolve) => setTimeout(resolve));
    expect(is()).toBe(true);
  };
  const left = async () => (await store.all()).map(({ key }) => key);

  it('are sent three at a time, oldest first, and forgotten once the server has them', async () => {
    await store.add(['k5', 'k1', 'k2', 'k4', 'k3'].map((key) => capture(key)));
    const round = sender().round();
    await until(() => server.open.length === 3);
    expect(server.asked).toEqual(['k1', 'k2', 'k3']);
    expect(await left()).toHaveLength(5);
    server.answer('k2');
    await until(() => server.open.includes('k4'));
    server.answer('k1');
    await until(() => server.open.includes('k5'));
    for (const key of [...server.open]) server.answer(key);
    await round;
    expect([server.most, arrived.sort(), await left()]).toEqual([3, ['k1', 'k2', 'k3', 'k4', 'k5'], []]);
  });

  it('that are new are not stopped by one that takes long', async () => {
    await store.add([capture('k1')]);
    const one = sender();
    const first = one.round();
    await until(() => server.open.length === 1);
    await store.add([capture('k2')]);
    const second = one.round();
    await until(() => server.open.includes('k2'));
    server.answer('k2');
    await second;
    expect([server.open, await left()]).toEqual([['k1'], ['k1']]);
    server.answer('k1');
    await first;
    expect([server.asked, await left()]).toEqual([['k1', 'k2'], []]);
  });

  it('wait while the server is away or has no room, and nothing else is sent meanwhile', async () => {
    await store.add(['k1', 'k2', 'k3', 'k4'].map((key) => capture(key)));
    const one = sender();
    const round = one.round();
    await until(() => server.open.length === 3);
    server.answer('k1', { ok: false, problem: problem(429, 'limit_entries', now + 9_000) });
    server.answer('k2', { ok: false, problem: NETWORK });
    server.answer('k3');
    expect(await round).toBe(9_000);
    expect([server.asked, await left()]).toEqual([
      ['k1', 'k2', 'k3'],
      ['k1', 'k2', 'k4'],
    ]);
    now += 9_000;
    const again = one.round();
    await until(() => server.open.length === 3);
    for (const key of [...server.open]) server.answer(key);
    await again;
    expect([await left(), waits.at(-1)]).toEqual([[], null]);
  });

  it('that are refused wait for a person, with the reason, and hold nobody up', async () => {
    await store.add([capture('k1'), capture('k2')]);
    const round = sender().round();
    await until(() => server.open.length === 2);
    server.answer('k1', { ok: false, problem: problem(422, 'picture_heic') });
    server.answer('k2');
    await round;
    const [kept] = await store.all();
    expect([kept?.key, kept?.stuck?.code, server.asked]).toEqual(['k1', 'picture_heic', ['k1', 'k2']]);
  });

  describe('that a person removes', () => {
    const remove = async (one: Sender, key: string) => {
      await store.change(key, { removed: true });
      return one.round();
    };

    it('are not sent any further, and nothing arrives', async () => {
      await store.add([capture('k1'), capture('k2')]);
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 2);
      server.tell('k1', 0.5);
      const other = remove(one, 'k1');
      await until(() => !server.open.includes('k1'));
      expect(server.open).toEqual(['k2']);
      server.answer('k2');
      await Promise.all([round, other]);
      expect([arrived, server.discarded, await left(), waits]).toEqual([['k2'], [], [], [null]]);
    });

    it('and are not being sent are forgotten', async () => {
      await store.add([capture('k1', { removed: true }), capture('k2', { removed: true, owner: 'omar' })]);
      await sender(null).round();
      expect([server.asked, await left()]).toEqual([[], []]);
    });

    it('when all was sent become no card: that which the answer names is deleted, however long it takes', async () => {
      await store.add([capture('k1')]);
      server.discards = [{ ok: false, problem: NETWORK }];
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      await remove(one, 'k1');
      expect(server.open).toEqual(['k1']);
      server.answer('k1');
      await round;
      expect([server.discarded, await left()]).toEqual([[['k1']], ['k1']]);
      // As after a reload.
      now += 60_000;
      await sender().round();
      expect([server.discarded, arrived, server.asked, await left()]).toEqual([[['k1'], ['k1']], [], ['k1'], []]);
    });

    it('when the answer to all of it was lost are asked for once more, to delete what they became', async () => {
      await store.add([capture('k1')]);
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      server.answer('k1', { ok: false, problem: NETWORK });
      await round;
      await remove(one, 'k1');
      expect([server.asked, await left()]).toEqual([['k1'], ['k1']]);
      now += 60_000;
      const again = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      server.answer('k1');
      await again;
      expect([server.asked, server.discarded, arrived, await left()]).toEqual([['k1', 'k1'], [['k1']], [], []]);
    });

    it('and that the server refuses are forgotten: there is no card of them', async () => {
      await store.add([capture('k1')]);
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      await remove(one, 'k1');
      server.answer('k1', { ok: false, problem: problem(429, 'limit_entries', now + 9_000) });
      await round;
      expect([server.discarded, await left(), waits]).toEqual([[], [], []]);
    });

    it.each([429, 401])('become no card though the server says %i when it is to be deleted', async (status) => {
      await store.add([capture('k1')]);
      server.discards = [{ ok: false, problem: problem(status, 'later') }];
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      await remove(one, 'k1');
      server.answer('k1');
      await round;
      expect([server.discarded, await left(), waits.at(-1)]).toEqual([[['k1']], ['k1'], 'later']);
      now += 60_000;
      await one.round();
      expect([server.discarded, arrived, server.asked, await left()]).toEqual([[['k1'], ['k1']], [], ['k1'], []]);
    });

    it.each([429, 401])('become no card though the server says %i after an answer was lost', async (status) => {
      await store.add([capture('k1', { removed: true, whole: true })]);
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      server.answer('k1', { ok: false, problem: problem(status, 'later') });
      await round;
      expect(await left()).toEqual(['k1']);
      now += 60_000;
      const again = one.round();
      await until(() => server.open.length === 1);
      server.answer('k1');
      await again;
      expect([server.discarded, arrived, await left()]).toEqual([[['k1']], [], []]);
    });

    it('after the server had no room for them are forgotten', async () => {
      await store.add([capture('k1')]);
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      server.answer('k1', { ok: false, problem: problem(507, 'disk_full') });
      await round;
      expect((await store.one('k1'))?.stuck?.code).toBe('disk_full');
      await remove(one, 'k1');
      expect([server.asked, await left()]).toEqual([['k1'], []]);
    });

    it('while the server says that it has no room are forgotten', async () => {
      await store.add([capture('k1')]);
      const one = sender();
      const round = one.round();
      await until(() => server.open.length === 1);
      server.tell('k1', 1);
      await remove(one, 'k1');
      server.answer('k1', { ok: false, problem: problem(507, 'disk_full') });
      await round;
      expect(await left()).toEqual([]);
    });
  });

  it.each(['one', 'change'] as const)('are sent again after the storage failed at `%s`', async (method) => {
    await store.add([capture('k1')]);
    const one = sender();
    const failing = vi.spyOn(store, method).mockRejectedValue(new Error('the storage is gone'));
    const round = one.round();
    await until(() => server.open.length === 1);
    server.tell('k1', 1);
    // The answer takes longer than the storage.
    await new Promise((resolve) => setTimeout(resolve));
    server.answer('k1');
    await expect(round).rejects.toThrow('the storage is gone');
    failing.mockRestore();
    const again = one.round();
    await until(() => server.open.length === 1);
    server.answer('k1');
    await again;
    expect([server.asked, progress, arrived, await left()]).toEqual([['k1', 'k1'], [0, 1, null, 0, null], ['k1'], []]);
  });

  it('are only those of whoever is signed in', async () => {
    await store.add([capture('k1', { owner: 'omar' })]);
    await sender().round();
    await sender(null).round();
    expect([server.asked, await left()]).toEqual([[], ['k1']]);
  });
});

describe('a problem', () => {
  it('that ends by itself is waited for, the longer the more often it comes', () => {
    expect(untilOf(NETWORK, 1, 0)).toBe(4_000);
    expect(untilOf(NETWORK, 3, 0)).toBe(16_000);
    expect(untilOf(problem(503, 'unavailable'), 20, 0)).toBe(60_000);
    expect(untilOf(problem(429, 'limit_entries', 30_000), 1, 0)).toBe(30_000);
  });

  it('of the file itself, or of a full disk, is for a person', () => {
    expect(untilOf(problem(422, 'no_words'), 1, 0)).toBeNull();
    expect(untilOf(problem(413, 'document_too_large'), 1, 0)).toBeNull();
    expect(untilOf(problem(507, 'disk_full'), 1, 0)).toBeNull();
  });
});
