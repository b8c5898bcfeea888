/**
 * Shares one stream among the pages of a browser. It buffers the latest events, so that a page that joins late, or wakes from sleep, gets
 * those that it missed; if they are no longer buffered, the page is told to fetch everything again.
 */
import { openSource, type PresentState, type Source, type Status, type StreamEvent } from './source';

/** From the hub to a page. */
export type Feed =
  | { type: 'status'; status: Status }
  /** Nothing after event `last` has been missed. */
  | { type: 'joined'; last: number }
  | { type: 'event'; event: StreamEvent }
  /** Events before `last` are gone. Without the state, which comes from the server alone, everything has to be fetched again. */
  | { type: 'reset'; last: number; state: PresentState | null };

/** From a page to the hub. `since` is the last event that it saw. */
export type Call = { type: 'join'; since: number | null; kinds: string[] } | { type: 'leave' };

export type Send = (feed: Feed) => void;

const KEPT = 2000;

export class Hub {
  #source: Source;
  #status: Status = 'opening';
  #last: number | null;
  /** Every event after this one is in `#events`. */
  #from: number | null;
  #events: StreamEvent[] = [];
  #pages = new Map<unknown, Send>();
  /** Joined before the stream was open: its start is not known yet. */
  #early = new Map<unknown, number | null>();

  constructor(since: number | null = null, open: typeof openSource = openSource) {
    this.#last = since;
    this.#from = since;
    this.#source = open(since, {
      opened: (id) => this.#opened(id),
      lost: () => this.#setStatus('lost'),
      event: (event) => this.#heard(event),
      reset: (id, state) => this.#reset(id, state),
    });
  }

  join(page: unknown, send: Send, since: number | null, kinds: string[]) {
    this.#source.hear(kinds);
    this.#pages.set(page, send);
    send({ type: 'status', status: this.#status });
    if (this.#last === null) this.#early.set(page, since);
    else this.#catchUp(send, since);
  }

  leave(page: unknown) {
    this.#pages.delete(page);
    this.#early.delete(page);
  }

  get last(): number | null {
    return this.#last;
  }

  close() {
    this.#source.close();
  }

  #catchUp(send: Send, since: number | null) {
    const last = this.#last ?? 0;
    if (since !== null && since !== last) {
      const kept = this.#from !== null && since >= this.#from && since < last;
      if (!kept) return send({ type: 'reset', last, state: null });
      for (const event of this.#events) if (event.id > since) send({ type: 'event', event });
    }
    send({ type: 'joined', last });
  }

  #opened(id: number) {
    if (this.#last === null) {
      this.#last = id;
      this.#from = id;
    }
    this.#setStatus('open');
    for (const [page, since] of this.#early) {
      const send = this.#pages.get(page);
      if (send) this.#catchUp(send, since);
    }
    this.#early.clear();
  }

  #heard(event: StreamEvent) {
    if (this.#last !== null && event.id <= this.#last) return;
    this.#last = event.id;
    this.#events.push(event);
    if (this.#events.length > KEPT) this.#from = this.#events.shift()!.id;
    this.#tell({ type: 'event', event });
  }

  #reset(id: number, state: PresentState | null) {
    this.#last = id;
    this.#from = id;
    this.#events = [];
    this.#early.clear();
    this.#tell({ type: 'reset', last: id, state });
  }

  #setStatus(status: Status) {
    if (status === this.#status) return;
    this.#status = status;
    this.#tell({ type: 'status', status });
  }

  #tell(feed: Feed) {
    for (const send of this.#pages.values()) send(feed);
  }
}
