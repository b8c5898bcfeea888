import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NETWORK, type Outcome } from '../../../lib/api/problem';
import { field, phrase } from '../example';
import type { Phrase, PhraseActed, PhrasePage } from '../types';

/** Answers are given by the tests, in the order that they want. */
class Asked<Value> {
  readonly #waiting: ((outcome: Outcome<Value>) => void)[] = [];
  readonly ask = () => new Promise<Outcome<Value>>((resolve) => this.#waiting.push(resolve));

  get open(): number {
    return this.#waiting.length;
  }

  /** Answers what was asked first, or `at` after it. */
  async answer(value: Value, at = 0) {
    await this.#settle({ ok: true, value }, at);
  }

  async refuse(status: number, code: string) {
    await this.#settle({ ok: false, problem: { ...NETWORK, status, code } }, 0);
  }

  async #settle(outcome: Outcome<Value>, at: number) {
    const [resolve] = this.#waiting.splice(at, 1);
    if (!resolve) throw new Error('Nothing was asked.');
    resolve(outcome);
    await vi.advanceTimersByTimeAsync(0);
  }
}

const server = vi.hoisted(() => ({
  calls: {} as Record<'list' | 'show' | 'approve', () => unknown>,
  heard: new Map<string, (event: { data: unknown }) => void>(),
}));
vi.mock('../api', () => ({
  captureApi: {
    list: () => server.calls.list(),
    show: () => server.calls.show(),
    approve: () => server.calls.approve(),
  },
}));
vi.mock('../../../lib/events/events', () => ({
  eventsReady: async () => undefined,
  onEvent: (kind: string, heard: (event: { data: unknown }) => void) => server.heard.set(kind, heard),
  onResync: () => undefined,
}));

let list: Asked<PhrasePage>;
let show: Asked<Phrase>;
let approve: Asked<PhraseActed>;
let queue: (typeof import('./queue.svelte'))['queue'];

const page = (items: Phrase[], more = false): PhrasePage => ({ items, next_cursor: more ? 'more' : null, counts: {} });
const acted = (id: string): PhraseActed => ({
  phrase: phrase(id, { status: 'approved', etag: '"2"' }),
  undo: `u${id}`,
});
const saved = (id: string) => phrase(id, { etag: '"2"', translation: field('What a person wrote') });
const ids = () => queue.items?.map(({ id }) => id).join(' ');
/** The time after which what was changed is asked for. */
const told = (kind: string, id: string) => server.heard.get(kind)!({ data: { phrase_id: id } });
const soon = () => vi.advanceTimersByTimeAsync(1_000);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', () => undefined);
  vi.resetModules();
  [list, show, approve] = [new Asked(), new Asked(), new Asked()];
  server.calls = { list: list.ask, show: show.ask, approve: approve.ask };
  ({ queue } = await import('./queue.svelte'));
  queue.follow();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function begun(...phrases: Phrase[]) {
  void queue.load();
  await vi.advanceTimersByTimeAsync(0);
  await list.answer(page(phrases));
}

async function asksTheList() {
  void queue.load();
  await vi.advanceTimersByTimeAsync(0);
}

describe('a card that was approved', () => {
  it('is not given back by a list that was asked for before', async () => {
    await begun(phrase('a'), phrase('b'), phrase('c'));
    await asksTheList();
    queue.approve();
    await approve.answer(acted('a'));
    await list.answer(page([phrase('a'), phrase('b'), phrase('c')]));
    expect(ids()).toBe('b c');
    expect(queue.current?.id).toBe('b');
  });

  it('is not given back by its own state that was asked for before', async () => {
    await begun(phrase('a'), phrase('b'));
    told('capture.changed', 'a');
    await soon();
    queue.approve();
    await approve.answer(acted('a'));
    await show.answer(phrase('a'));
    expect(ids()).toBe('b');
  });

  it('does not become the only one by a list that comes after the last approval', async () => {
    await begun(phrase('a'));
    await asksTheList();
    queue.approve();
    await approve.answer(acted('a'));
    await list.answer(page([phrase('a')]));
    expect(queue.current).toBeNull();
    expect(queue.approved).toBe(1);
  });

  it('comes back by a list that was asked for after it was sent back elsewhere', async () => {
    await begun(phrase('a'), phrase('b'));
    queue.approve();
    await approve.answer(acted('a'));
    told('capture.changed', 'a');
    await soon();
    await list.answer(page([phrase('a', { etag: '"3"' }), phrase('b')]));
    expect(ids()).toBe('b a');
  });

  it('comes back behind the card that is looked at if it is refused, and nobody approves it unseen', async () => {
    await begun(phrase('a'), phrase('b'), phrase('c'));
    const back = vi.fn();
    queue.onBack(back);
    queue.approve();
    await approve.refuse(412, 'phrase_changed');
    await show.answer(saved('a'));
    expect(ids()).toBe('b a c');
    expect(queue.current?.id).toBe('b');
    expect(back).toHaveBeenCalledOnce();
    queue.approve();
    expect(ids()).toBe('a c');
    expect(queue.current?.translation?.text).toBe('What a person wrote');
  });
});

describe('a card that was saved', () => {
  it('is not replaced by a list that was asked for before, and is approved as it is', async () => {
    await begun(phrase('a'), phrase('b'));
    await asksTheList();
    queue.take(saved('a'));
    await list.answer(page([phrase('a'), phrase('b')]));
    expect(queue.current?.etag).toBe('"2"');
    expect(queue.current?.translation?.text).toBe('What a person wrote');
  });

  it('is not replaced by its own state that was asked for before; it is asked for again', async () => {
    await begun(phrase('a'));
    told('capture.changed', 'a');
    await soon();
    queue.take(saved('a'));
    await show.answer(phrase('a'));
    expect(queue.current?.etag).toBe('"2"');
    await soon();
    await show.answer(phrase('a', { etag: '"3"' }));
    expect(queue.current?.etag, 'what happened since').toBe('"3"');
  });

  it('is replaced by the newer of two answers, in whichever order they come', async () => {
    await begun(phrase('a'));
    told('capture.changed', 'a');
    await soon();
    told('capture.changed', 'a');
    await soon();
    await show.answer(phrase('a', { etag: '"3"' }), 1);
    await show.answer(phrase('a', { etag: '"2"' }));
    expect(queue.current?.etag).toBe('"3"');
  });
});

describe('the queue', () => {
  it('keeps what an undo has brought, though a list that was asked for before has it not', async () => {
    await begun(phrase('a'), phrase('b'));
    queue.approve();
    await approve.answer(acted('a'));
    await asksTheList();
    queue.restore([phrase('a', { etag: '"3"' })]);
    await list.answer(page([phrase('b')]));
    expect(ids()).toBe('a b');
    expect(queue.current?.id).toBe('a');
  });

  it('does not show again what was deleted, by an answer from before', async () => {
    await begun(phrase('a'), phrase('b'));
    await asksTheList();
    told('capture.deleted', 'a');
    await list.answer(page([phrase('a'), phrase('b')]));
    expect(ids()).toBe('b');
  });

  it('goes on with the next card if the one that is looked at was approved elsewhere', async () => {
    await begun(phrase('a'), phrase('b'), phrase('c'), phrase('d'));
    queue.show('b');
    await asksTheList();
    await list.answer(page([phrase('a'), phrase('d')]));
    expect(queue.current?.id).toBe('d');
  });

  it('asks again for what was changed while it was asked for the first time', async () => {
    void queue.load();
    await vi.advanceTimersByTimeAsync(0);
    told('capture.changed', 'b');
    await list.answer(page([phrase('a')]));
    await soon();
    await list.answer(page([phrase('a'), phrase('b')]));
    expect(ids()).toBe('a b');
  });

  it('takes the answers of a slow server while more is changed than it can answer', async () => {
    await begun(phrase('a'));
    for (const id of ['b', 'c', 'd']) {
      told('capture.changed', id);
      await soon();
    }
    await list.answer(page([phrase('a'), phrase('b')]));
    expect(ids()).toBe('a b');
    await list.answer(page([phrase('a'), phrase('b'), phrase('c'), phrase('d')]), 1);
    await list.answer(page([phrase('a'), phrase('b'), phrase('c')]));
    expect(ids(), 'the latest one was asked for last').toBe('a b c d');
  });

  it('asks for what was changed while an approval waited that is taken back', async () => {
    await begun(phrase('a'), phrase('b'));
    const { decisions } = await import('./decisions.svelte');
    queue.approve();
    await approve.refuse(429, 'too_many');
    told('capture.changed', 'a');
    await soon();
    await decisions.undo();
    await soon();
    expect([ids(), queue.approved]).toEqual(['a b', 0]);
    await show.answer(phrase('a', { etag: '"2"' }));
    expect(queue.current?.etag).toBe('"2"');
  });
});
