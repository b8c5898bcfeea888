/** What the server can do, asked once and again until it answers. */
import { api } from '../api/client';
import type { Config, Example } from '../api/types';

class ServerConfig {
  value = $state.raw<Config | null>(null);
  examples = $state.raw<Example[]>([]);
  /** Plain fields: an effect that calls `load` must not be run again by what it loads. */
  #asking = false;
  #answered = { config: false, examples: false };

  async load() {
    if (this.#asking) return;
    this.#asking = true;
    const [config, examples] = await Promise.all([
      this.#answered.config ? null : api.config(),
      this.#answered.examples ? null : api.examples(),
    ]);
    if (config?.ok) {
      this.value = config.value;
      this.#answered.config = true;
    }
    if (examples?.ok) {
      this.examples = examples.value;
      this.#answered.examples = true;
    }
    this.#asking = false;
  }
}

export const server = new ServerConfig();
