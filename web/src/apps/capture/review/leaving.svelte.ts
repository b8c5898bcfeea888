/** Asks before a card with unsaved changes is left: by a key, by a link of the page, or by closing the tab (which the browser asks). */
import { router } from '../../../lib/router/router.svelte';
import { isOurs } from '../../../lib/shell/places';

export class Leaving {
  /** What is done once the person has decided; null while nobody is asked. */
  then = $state.raw<(() => void) | null>(null);

  constructor(readonly dirty: () => boolean) {}

  /** Runs it now, or once the person has decided. */
  go(then: () => void) {
    if (this.dirty()) this.then = then;
    else then();
  }

  stay() {
    this.then = null;
  }

  /** The person has saved or discarded. */
  on() {
    const { then } = this;
    this.then = null;
    then?.();
  }

  /** For clicks, before the router sees them. */
  onclick(event: MouseEvent) {
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || modified || !this.dirty()) return;
    const link = (event.target as Element).closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname === location.pathname || !isOurs(link.pathname)) return;
    event.preventDefault();
    this.then = () => router.go(link.href);
  }
}
