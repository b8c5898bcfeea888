/** The server's features, fetched with retries. */
import { api } from '../api/client';
import type { Config } from '../api/types';

class ServerConfig {
  value = $state.raw<Config | null>(null);
  /** Plain fields: an effect that calls `load` must not depend on what it loads. */
  #asking = false;
  #answered = false;

  async load() {
    if (this.#asking || this.#answered) return;
    this.#asking = true;
    const config = await api.config();
    if (config.ok) {
      this.value = config.value;
      this.#answered = true;
    }
    this.#asking = false;
  }

  /** Asks again: something that it tells of has changed. */
  async refresh() {
    this.#answered = false;
    await this.load();
  }
}

export const server = new ServerConfig();
