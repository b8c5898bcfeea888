/** An export: begun, downloaded by the browser, and watched until its file has arrived as a whole. */
import type { Problem } from '../../../lib/api/problem';
import { captureApi } from '../api';
import { recent } from '../state/recent.svelte';
import type { Export, NewExport } from '../types';

const LOOK_MS = 1_000;

class Exporting {
  current = $state.raw<Export | null>(null);
  problem = $state.raw<Problem | null>(null);
  beginning = $state(false);

  #timer: ReturnType<typeof setTimeout> | undefined;

  async begin(wanted: NewExport) {
    if (this.beginning) return;
    this.beginning = true;
    this.problem = null;
    const outcome = await captureApi.beginExport(wanted);
    this.beginning = false;
    if (!outcome.ok) {
      this.current = null;
      this.problem = outcome.problem;
      return;
    }
    this.current = outcome.value;
    this.download();
  }

  /** By the browser, which writes while it arrives: a large deck is never in memory. */
  download() {
    const { current } = this;
    if (!current) return;
    const link = document.createElement('a');
    link.href = current.href;
    link.download = '';
    link.click();
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), LOOK_MS);
  }

  async #ask() {
    const id = this.current?.id;
    if (!id) return;
    const outcome = await captureApi.showExport(id);
    if (this.current?.id !== id) return;
    if (outcome.ok) this.current = outcome.value;
    if (this.current.state === 'pending') this.#look();
    else recent.soon();
  }
}

export const exporting = new Exporting();
