/** Who is signed in, and what they may do here. */
import { api } from '../api/client';
import type { Identity } from '../api/types';

class Me {
  value = $state.raw<Identity | null>(null);
  #asking: Promise<void> | null = null;

  /** Null in single-user mode, and while it is not known. */
  readonly account = $derived(this.value?.account ?? null);
  /** Whether they may change what they have. */
  readonly mayWrite = $derived(this.value?.scopes.includes('write') === true);
  readonly isAdmin = $derived(
    this.value?.scopes.includes('admin') === true && (this.account === null || this.account.role === 'admin'),
  );

  /** Asks again at any time: a session that has ended leads to the sign-in page. */
  load(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** The owner of what this person makes; null while the server does not say. */
  async owner(): Promise<string | null> {
    if (!this.value) await this.load();
    return this.value?.owner ?? null;
  }

  async #ask() {
    const outcome = await api.me();
    if (outcome.ok) this.value = outcome.value;
  }
}

export const me = new Me();
