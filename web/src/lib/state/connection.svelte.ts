/** Whether the page is connected to the server. */
import type { Status } from '../events/source';

/** A brief interruption is not shown; a longer one is. */
const PATIENCE_MS = 1000;

class ConnectionState {
  /** The server cannot be reached: what the page shows of its work is the last that it knew. */
  gone = $state(false);
  #stream = $state<Status>('opening');
  #online = $state(navigator.onLine);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener('online', () => this.#set(this.#stream, true));
    addEventListener('offline', () => this.#set(this.#stream, false));
    this.#set(this.#stream, this.#online);
  }

  get online(): boolean {
    return this.#online;
  }

  get stream(): Status {
    return this.#stream;
  }

  set stream(status: Status) {
    this.#set(status, this.#online);
  }

  #set(stream: Status, online: boolean) {
    this.#stream = stream;
    this.#online = online;
    const lost = !online || stream === 'lost';
    if (lost) this.#timer ??= setTimeout(() => (this.gone = true), PATIENCE_MS);
    else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.gone = false;
    }
  }
}

export const connection = new ConnectionState();
