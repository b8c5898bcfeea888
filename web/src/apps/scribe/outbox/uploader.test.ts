import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { problemFrom } from '../../../lib/api/problem';
import type { KeptSegment, KeptSession } from './kept';
import { liveLock, type Locks } from './locks';
import type { Answer, ScribeServer } from './server';
import { OutboxStore } from './store';
import { Uploader, type UploaderState } from './uploader';

/** What docs/recording.md says of the server, in memory. */
class FakeServer implements ScribeServer {
  sessions = new Map<string, { id: string; ended: boolean }>();
  segments = new Map<string, { number: number; chunks: Map<number, string>; closed: number | null }>();
  mostBytes = Infinity;
  waiting = 0;
  /** Answers to the next requests, instead of its own (null); `lost` is an answer that never arrives. */
  next: (null | number | 'lost' | [number, object, string?])[] = [];
  asked: string[] = [];
  signedIn = 'ada';

  async #answer<Value>(what: string, does: () => Answer<Value>): Promise<Answer<Value>> {
    this.asked.push(what);
    const instead = this.next.shift() ?? null;
    if (instead === null) return does();
    if (instead === 'lost') {
      does();
      return refused(0);
    }
    return typeof instead === 'number' ? refused(instead) : refused(...instead);
  }

  async owner(): Promise<Answer<string>> {
    return { ok: true, value: this.signedIn };
  }

  createSession({ key }: KeptSession) {
    return this.#answer('create', () => {
      const session = this.sessions.get(key) ?? { id: `id-${key}`, ended: false };
      this.sessions.set(key, session);
      return { ok: true as const, value: { id: session.id } };
    });
  }

  beginSegment(_: string, { key }: KeptSegment) {
    return this.#answer('begin', () => {
      const segment = this.segments.get(key) ?? { number: this.segments.size, chunks: new Map(), closed: null };
      this.segments.set(key, segment);
      return { ok: true as const, value: { number: segment.number } };
    });
  }

  async putChunk(_: string, segment: number, chunk: { number: number; sound: Blob }) {
    const text = await chunk.sound.text();
    return this.#answer(`put ${segment}/${chunk.number}`, () => {
      const { chunks } = [...this.segments.values()].find(({ number }) => number === segment)!;
      if (chunk.sound.size > this.mostBytes) return refused(413, { most_bytes: this.mostBytes });
      const before = chunks.get(chunk.number);
      if (before !== undefined && before !== text) return refused(409, { code: 'chunk_differs' });
      chunks.set(chunk.number, text);
      return { ok: true as const, value: { canAccept: this.waiting <= 10, retryAt: null } };
    });
  }

  closeSegment(_: string, segment: number, chunks: number) {
    return this.#answer(`close ${segment}`, () => {
      [...this.segments.values()].find(({ number }) => number === segment)!.closed = chunks;
      return { ok: true as const, value: {} };
    });
  }

  finish(id: string) {
    return this.#answer('finish', () => {
      for (const session of this.sessions.values()) if (session.id === id) session.ended = true;
      return { ok: true as const, value: {} };
    });
  }

  /** The joined text of a segment. */
  text(key: string): string {
    const { chunks } = this.segments.get(key)!;
    return [...chunks.keys()]
      .sort((a, b) => a - b)
      .map((n) => chunks.get(n))
      .join('');
  }
}

function refused(status: number, members: object = {}, retryAfter: string | null = null): Answer<never> {
  return { ok: false, problem: { ...problemFrom(status, members, retryAfter, now), status } };
}

let now = 0;
let names = 0;

async function setUp() {
  const store = await OutboxStore.open(`test-${(names += 1)}`);
  const server = new FakeServer();
  const live = new Set<string>();
  const locks: Locks = { hold: async () => () => undefined, isFree: async (name) => !live.has(name) };
  const states: UploaderState[] = [];
  const parts = { store, server, locks, now: () => now, changed: () => undefined };
  const uploader = new Uploader({ ...parts, state: (state) => states.push(state) });
  const session: KeptSession = {
    key: 's',
    owner: 'ada',
    id: null,
    title: '',
    language: null,
    transcribe: false,
    consent: null,
    startedAt: 1,
    finish: false,
    stuck: null,
  };
  const segment: KeptSegment = {
    key: 'a',
    session: 's',
    number: null,
    source: 'microphone',
    mediaType: 'audio/webm;codecs=opus',
    startedAt: 1,
    per: 3,
    mostBytes: null,
    ended: false,
    chunks: 0,
    next: 0,
    cut: null,
    stuck: null,
  };
  live.add(liveLock('a'));
  const add = async (from: number, to: number, key = 'a') => {
    for (let index = from; index < to; index += 1)
      await store.addSlice({
        segment: key,
        index,
        startMs: index * 1000,
        lengthMs: 1000,
        sound: new Blob([`<${index}>`]),
      });
  };
  await store.begin(session, [segment]);
  return { store, server, live, locks, states, uploader, session, segment, add };
}

const all = (to: number, from = 0) => Array.from({ length: to - from }, (_, n) => `<${from + n}>`).join('');

beforeEach(() => {
  now = 1_000_000;
});

describe('the uploader', () => {
  it('sends whole chunks while the recorder runs, and the rest and the end afterwards', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 2);
    await uploader.round();
    expect(server.asked, 'two slices are no chunk').toEqual(['create']);
    await add(2, 4);
    await uploader.round();
    await add(4, 8);
    await uploader.round();
    expect(server.asked).toEqual(['create', 'begin', 'put 0/0', 'put 0/1']);
    await store.endSegment('a');
    await uploader.round();
    await uploader.round();
    expect(server.text('a')).toBe(all(8));
    expect(server.segments.get('a')!.closed).toBe(2);
    expect(await store.segments()).toEqual([]);
    expect(await store.sessions(), 'nothing is left').toEqual([]);
  });

  it('finishes a session for which that was decided while a round went on', async () => {
    const { store, server, uploader } = await setUp();
    await store.changeSession('s', { id: 'id-s' });
    server.sessions.set('s', { id: 'id-s', ended: false });
    await store.endSegment('a');
    const sessions = store.sessions.bind(store);
    store.sessions = async () => {
      const read = await sessions();
      store.sessions = sessions;
      expect(await store.finishSession('s')).toBe(true);
      return read;
    };
    await uploader.round();
    await uploader.round();
    expect(server.sessions.get('s')!.ended).toBe(true);
    expect(await store.finishSession('s'), 'nothing of it is kept any more').toBe(false);
  });

  it('sends the first words early, and then chunks as long as ever', async () => {
    const { store, server, uploader, add } = await setUp();
    await store.changeSegment('a', { per: 5, first: 2 });
    const sent = async (from: number, to: number) => {
      await add(from, to);
      await uploader.round();
      return server.asked.filter((what) => what.startsWith('put')).length;
    };
    expect(await sent(0, 1)).toBe(0);
    expect(await sent(1, 2)).toBe(1);
    expect(await sent(2, 4), 'the second one ends where the first would have ended').toBe(1);
    expect(await sent(4, 5)).toBe(2);
    expect(await sent(5, 9)).toBe(2);
    expect(await sent(9, 10)).toBe(3);
    expect(server.text('a')).toBe(all(10));
  });

  it('is well only while the server answers', async () => {
    const { server, uploader, add } = await setUp();
    await add(0, 3);
    server.next = ['lost'];
    await uploader.round();
    expect(uploader.isWell, 'a new slice does not shorten its wait').toBe(false);
    await uploader.round();
    expect(uploader.isWell).toBe(true);
  });

  it('deletes nothing before the acknowledgement, and sends the same bytes again', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 3);
    await uploader.round();
    await add(3, 6);
    server.next = ['lost'];
    expect(await uploader.round()).toBe(500);
    expect(await store.slices('a')).toHaveLength(3);
    await add(6, 20);
    await uploader.round();
    expect(server.asked.filter((what) => what === 'put 0/1')).toHaveLength(2);
    expect(server.text('a')).toBe(all(20));
    expect(await store.slices('a')).toEqual([]);
  });

  it('makes one session and one segment of a repeated creation', async () => {
    const { server, uploader, add } = await setUp();
    await add(0, 3);
    server.next = ['lost'];
    await uploader.round();
    server.next = [null, 'lost'];
    await uploader.round();
    await uploader.round();
    expect(server.sessions.size).toBe(1);
    expect(server.segments.size).toBe(1);
    expect(server.text('a')).toBe(all(3));
  });

  it('waits longer and longer for a server that is gone, and not after it was woken', async () => {
    const { server, uploader, states, add } = await setUp();
    await add(0, 3);
    server.next = [0, 0, 0, 0];
    expect(await uploader.round()).toBe(500);
    expect(await uploader.round()).toBe(1000);
    expect(await uploader.round()).toBe(2000);
    expect(states.at(-1)!.problem!.code).toBe('unexpected');
    uploader.release();
    expect(await uploader.round()).toBe(500);
    await uploader.round();
    expect(states.at(-1)!.problem).toBeNull();
    expect(server.text('a')).toBe(all(3));
  });

  it.each([
    [401, 30_000],
    [507, 30_000],
    [503, 500],
  ])('keeps everything after a %i, and tries again', async (status, wait) => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 3);
    await uploader.round();
    await add(3, 6);
    server.next = [status];
    expect(await uploader.round()).toBe(wait);
    expect(await store.slices('a')).toHaveLength(3);
    await uploader.round();
    expect(server.text('a')).toBe(all(6));
  });

  it('waits as long as the server says', async () => {
    const { server, uploader, add } = await setUp();
    await add(0, 3);
    server.next = [[429, { code: 'limit_requests' }, '7']];
    expect(await uploader.round()).toBe(7000);
  });

  it('keeps every session while the server has no room, and sends each chunk once afterwards', async () => {
    const { store, server, uploader, states, add } = await setUp();
    await add(0, 3);
    server.next = [null, null, [503, { code: 'server_busy', can_accept: false }, '3']];
    expect(await uploader.round()).toBe(3000);
    expect(states.at(-1)!.problem).toEqual({ code: 'server_busy', status: 503, until: now + 3000 });
    expect((await store.segments())[0]!.stuck).toBeNull();
    expect(await store.slices('a'), 'kept').toHaveLength(3);
    now += 3000;
    await uploader.round();
    expect(server.text('a')).toBe(all(3));
    expect(await store.slices('a')).toEqual([]);
    expect(server.asked.filter((what) => what.startsWith('put'))).toEqual(['put 0/0', 'put 0/0']);
    expect(states.at(-1)!.problem).toBeNull();
  });

  it('holds a session whose server is busy, and goes on when told', async () => {
    const { server, uploader, add } = await setUp();
    await add(0, 3);
    server.waiting = 11;
    await uploader.round();
    await add(3, 6);
    await uploader.round();
    expect(server.text('a'), 'held').toBe(all(3));
    server.waiting = 0;
    uploader.release();
    await uploader.round();
    expect(server.text('a')).toBe(all(6));
    server.next = [[429, { code: 'session_busy' }, '20']];
    await add(6, 9);
    await uploader.round();
    now += 19_000;
    await uploader.round();
    expect(server.text('a'), 'held by the server').toBe(all(6));
    now += 1000;
    await uploader.round();
    expect(server.text('a')).toBe(all(9));
  });

  it('cuts what is too large into smaller chunks', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 9);
    server.mostBytes = 7;
    await store.endSegment('a');
    await uploader.round();
    expect(server.text('a')).toBe(all(9));
    expect([...server.segments.get('a')!.chunks.values()].every((text) => text.length <= 7)).toBe(true);
    expect(await store.segments()).toEqual([]);
  });

  it('asks a person about a slice that alone is too large', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 3);
    server.mostBytes = 1;
    await uploader.round();
    expect((await store.segments())[0]!.stuck).not.toBeNull();
    expect(await store.slices('a'), 'kept').toHaveLength(3);
  });

  it('marks what only a person can decide, and goes on with the rest', async () => {
    const { store, server, uploader, live, segment, session, add } = await setUp();
    await store.begin(session, [{ ...segment, key: 'b', source: 'tab', startedAt: 2 }]);
    live.add(liveLock('b'));
    await add(0, 3);
    await add(0, 3, 'b');
    server.next = [null, null, [409, { code: 'chunk_differs' }]];
    await uploader.round();
    await uploader.round();
    const [a, b] = await store.segments();
    expect(a!.stuck).toEqual({ code: 'chunk_differs', detail: null });
    expect(b!.stuck).toBeNull();
    expect(server.text('b')).toBe(all(3));
    expect(await store.slices('a')).toHaveLength(3);
  });

  it('keeps what a session that has ended does not take', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 3);
    await uploader.round();
    await add(3, 6);
    server.next = [[409, { code: 'session_ended' }]];
    await uploader.round();
    expect((await store.sessions())[0]!.stuck!.code).toBe('session_ended');
    const before = server.asked.length;
    await uploader.round();
    expect(server.asked.length, 'it does not ask for ever').toBe(before);
    expect(await store.slices('a')).toHaveLength(3);
  });

  it('sends bytes again that arrived damaged', async () => {
    const { server, uploader, add } = await setUp();
    await add(0, 3);
    server.next = [null, null, [422, { code: 'wrong_digest' }]];
    await uploader.round();
    expect(server.text('a')).toBe(all(3));
  });

  it('ends and sends what a page that is gone has left, and leaves that of others alone', async () => {
    const { store, server, uploader, live, add } = await setUp();
    await add(0, 2);
    await uploader.round();
    expect((await store.segments())[0]!.ended).toBe(false);
    live.clear();
    await uploader.round();
    expect(server.text('a')).toBe(all(2));
    expect(server.segments.get('a')!.closed).toBe(1);
  });

  it('ends a chunk where a slice is missing', async () => {
    const { server, uploader, live, add } = await setUp();
    await add(0, 2);
    await add(3, 5);
    await uploader.round();
    expect(server.asked, 'the missing one may still be written').toEqual(['create']);
    live.clear();
    await uploader.round();
    expect([...server.segments.get('a')!.chunks.values()]).toEqual([all(2), all(5, 3)]);
  });

  it('finishes a session once everything of it is there', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 4);
    await store.changeSession('s', { finish: true });
    await uploader.round();
    expect(server.asked).not.toContain('finish');
    await store.endSegment('a');
    await uploader.round();
    expect(server.sessions.get('s')!.ended).toBe(true);
    expect(await store.sessions()).toEqual([]);
  });

  it('makes nothing of a recorder that never recorded', async () => {
    const { store, server, uploader } = await setUp();
    await store.endSegment('a');
    await uploader.round();
    expect(server.asked).toEqual([]);
    expect(await store.sessions()).toEqual([]);
  });

  it('sends nothing of another person, and does not take theirs for lost', async () => {
    const { store, server, uploader, add } = await setUp();
    await add(0, 3);
    server.signedIn = 'bob';
    await uploader.round();
    expect(server.asked).toEqual([]);
    server.signedIn = 'ada';
    uploader.release();
    await uploader.round();
    await add(3, 6);
    server.signedIn = 'bob';
    server.next = [[404, { code: 'not_found' }]];
    await uploader.round();
    expect((await store.sessions())[0]!.stuck).toBeNull();
    server.signedIn = 'ada';
    uploader.release();
    await uploader.round();
    expect(server.text('a')).toBe(all(6));
  });

  it('sends a long backlog in chunks of thirty slices', async () => {
    const { server, uploader, add } = await setUp();
    await add(0, 64);
    await uploader.round();
    expect(server.segments.get('a')!.chunks.size).toBe(3);
    expect(server.text('a')).toBe(all(64));
  });
});
