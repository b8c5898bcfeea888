import { describe, expect, it } from 'vitest';
import { openSource, type PresentState } from './source';

/** An EventSource whose events the test dispatches. */
class Wire extends EventTarget {
  readyState = 1;
  close() {
    this.readyState = 2;
  }
  send(kind: string, id: string, data: string) {
    this.dispatchEvent(Object.assign(new Event(kind), { lastEventId: id, data }));
  }
}

function setUp() {
  const wire = new Wire();
  const opened: number[] = [];
  const resets: { id: number; state: PresentState | null }[] = [];
  const source = openSource(
    null,
    {
      opened: (id) => opened.push(id),
      lost: () => undefined,
      event: () => undefined,
      reset: (id, state) => resets.push({ id, state }),
    },
    () => wire as unknown as EventSource,
  );
  return { wire, source, opened, resets };
}

describe('openSource', () => {
  it('passes the present state on with a reset, and continues from its place', () => {
    const { wire, source, opened, resets } = setUp();
    const state = { jobs: [], apps: { reel: { latest: [], unfinished: [] } } };
    wire.send('reset', '7', JSON.stringify(state));
    expect(resets).toEqual([{ id: 7, state }]);
    expect(opened).toEqual([7]);
    source.close();
  });

  it('has everything fetched again when it does not understand what came with a reset', () => {
    const { wire, source, resets } = setUp();
    for (const text of ['{}', 'not JSON', '[]', 'null']) wire.send('reset', '7', text);
    expect(resets).toEqual(Array.from({ length: 4 }, () => ({ id: 7, state: null })));
    source.close();
  });
});
