import { describe, expect, it } from 'vitest';
import { Hub, type Feed } from './hub';
import type { SourceHandlers } from './source';

const PRESENT = { jobs: [], apps: {} };

/** A hub whose stream is controlled by the test. */
function setUp(since: number | null = null) {
  let stream!: SourceHandlers;
  const heard: string[] = [];
  const hub = new Hub(since, (_, handlers) => {
    stream = handlers;
    return { hear: (kinds) => heard.push(...kinds), close: () => undefined };
  });
  const join = (page: string, from: number | null) => {
    const feeds: Feed[] = [];
    hub.join(page, (feed) => feeds.push(feed), from, ['reel.changed']);
    return feeds;
  };
  return { hub, stream, heard, join };
}

const event = (id: number) => ({ id, kind: 'reel.changed', data: {} });
const eventIds = (feeds: Feed[]) => feeds.flatMap((feed) => (feed.type === 'event' ? [feed.event.id] : []));
const types = (feeds: Feed[]) => feeds.map((feed) => feed.type).filter((type) => type !== 'status');

describe('Hub', () => {
  it('passes each event to every page, once', () => {
    const { stream, join } = setUp();
    const [first, second] = [join('first', null), join('second', null)];
    stream.opened(10);
    stream.event(event(11));
    stream.event(event(11));
    stream.event(event(12));
    expect(eventIds(first)).toEqual([11, 12]);
    expect(eventIds(second)).toEqual([11, 12]);
  });

  it('says that nothing was missed only once the stream is open', () => {
    const { stream, join } = setUp();
    const page = join('page', null);
    expect(types(page)).toEqual([]);
    stream.opened(10);
    expect(page).toContainEqual({ type: 'joined', last: 10 });
  });

  it('replays what a page missed', () => {
    const { stream, join } = setUp();
    stream.opened(10);
    for (const id of [11, 12, 13]) stream.event(event(id));
    const page = join('late', 11);
    expect(eventIds(page)).toEqual([12, 13]);
    expect(page.at(-1)).toEqual({ type: 'joined', last: 13 });
  });

  it('tells a page to ask again when what it missed is not kept', () => {
    const { stream, join } = setUp();
    stream.opened(10);
    expect(types(join('older', 5))).toEqual(['reset']);
    expect(types(join('of another database', 99))).toEqual(['reset']);
    for (let id = 11; id < 3000; id += 1) stream.event(event(id));
    expect(types(join('asleep for long', 12))).toEqual(['reset']);
  });

  it('passes a reset on, and goes on after it even when numbers begin anew', () => {
    const { stream, join } = setUp(500);
    const page = join('page', 500);
    stream.reset(3, PRESENT);
    stream.event(event(4));
    expect(types(page)).toEqual(['joined', 'reset', 'event']);
    expect(page).toContainEqual({ type: 'reset', last: 3, state: PRESENT });
    expect(eventIds(page)).toEqual([4]);
  });

  it('forgets a page that left, and listens for what pages want', () => {
    const { hub, stream, heard, join } = setUp();
    const page = join('page', null);
    stream.opened(1);
    hub.leave('page');
    stream.event(event(2));
    expect(eventIds(page)).toEqual([]);
    expect(heard).toEqual(['reel.changed']);
  });
});
