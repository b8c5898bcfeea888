/** What the server can do, asked once and again until it answers. */
import { api } from '../api/client';
import type { Config, Example } from '../api/types';

class ServerConfig {
  value = $state.raw<Config | null>(null);
  examples = $state.raw<Example[]>([]);

  async load() {
    const [config, examples] = await Promise.all([
      this.value ? null : api.config(),
      this.examples.length ? null : api.examples(),
    ]);
    if (config?.ok) this.value = config.value;
    if (examples?.ok && Array.isArray(examples.value)) this.examples = examples.value;
  }
}

export const server = new ServerConfig();
