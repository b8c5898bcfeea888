/** What is heard of a session while it is recorded. Hidden where the server does not hear along. */
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { scribeApi } from '../api';
import { HEARD, idIn } from '../events';
import { certainUntil, grown } from '../transcript/live';
import type { Live, LivePassage } from '../types';

class LiveOf {
  passages = $state.raw<LivePassage[]>([]);
  answer = $state.raw<Live | null>(null);

  #session: string | null = null;
  #asking = false;
  #again = false;

  follow() {
    onEvent(HEARD, ({ data }) => idIn(data) === this.#session && void this.#ask());
    onResync(() => void this.#ask());
  }

  open(session: string) {
    if (this.#session === session) return;
    this.close();
    this.#session = session;
    void eventsReady().then(() => this.#ask());
  }

  close() {
    this.#session = null;
    this.passages = [];
    this.answer = null;
  }

  /** One at a time; an event meanwhile asks once more. */
  async #ask() {
    const session = this.#session;
    if (session === null) return;
    if (this.#asking) return void (this.#again = true);
    this.#asking = true;
    const after = certainUntil(this.passages);
    const outcome = await scribeApi.live(session, after);
    this.#asking = false;
    if (this.#session === session && outcome.ok) {
      this.answer = outcome.value;
      this.passages = grown(this.passages, outcome.value, after);
    }
    if (!this.#again) return;
    this.#again = false;
    await this.#ask();
  }
}

export const live = new LiveOf();
