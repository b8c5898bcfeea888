/** The examples that the server offers, fetched until available. */
import type { Example } from '../types';
import { reelApi } from '../api';

class Examples {
  list = $state.raw<Example[]>([]);
  #asking = false;
  #answered = false;

  async load() {
    if (this.#asking || this.#answered) return;
    this.#asking = true;
    const outcome = await reelApi.examples();
    if (outcome.ok) {
      this.list = outcome.value;
      this.#answered = true;
    }
    this.#asking = false;
  }
}

export const examples = new Examples();
