/**
 * The location of the page, and navigation by the history API. Plain links work; `follow` keeps them inside the page. Written here
 * because it is short: paths, focus, and scroll positions that wait for content.
 */
import { tick } from 'svelte';
import { SvelteURLSearchParams } from 'svelte/reactivity';

const RESTORE_FOR_MS = 2000;
const KEPT = 'sluice.scroll';

interface Entry {
  key: string;
}

class Router {
  path = $state(location.pathname);
  readonly query = new SvelteURLSearchParams(location.search);
  #key = (history.state as Entry | null)?.key ?? newKey();
  #places = readPlaces();
  #stopRestoring: () => void = () => undefined;

  constructor() {
    history.scrollRestoration = 'manual';
    history.replaceState({ key: this.#key } satisfies Entry, '');
    addEventListener('popstate', (event) => this.#walked(event.state as Entry | null));
    addEventListener('pagehide', () => {
      this.#keepPlace();
      writePlaces(this.#places);
    });
    this.#restore(this.#places[this.#key] ?? 0);
  }

  /** Navigates to a path of this page. */
  go(address: string) {
    const url = new URL(address, location.href);
    if (url.pathname === location.pathname && url.search === location.search) return this.#arrive(0);
    this.#keepPlace();
    this.#key = newKey();
    history.pushState({ key: this.#key } satisfies Entry, '', url);
    this.#moved();
    this.#arrive(0);
  }

  /** Navigates, replacing the current entry: for redirects. */
  replace(address: string) {
    history.replaceState({ key: this.#key } satisfies Entry, '', new URL(address, location.href));
    this.#moved();
  }

  /** Sets or removes a query parameter, without a new history entry. */
  setQuery(name: string, value: string | null) {
    const url = new URL(location.href);
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
    history.replaceState({ key: this.#key } satisfies Entry, '', url);
    this.#moved();
  }

  /** For a click handler on the document: handles plain clicks on links that `known` recognises as internal. */
  follow(event: MouseEvent, known: (path: string) => boolean) {
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || modified) return;
    const link = (event.target as Element).closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return;
    if (!known(link.pathname)) return;
    event.preventDefault();
    this.go(link.href);
  }

  #walked(entry: Entry | null) {
    this.#keepPlace();
    this.#key = entry?.key ?? newKey();
    this.#moved();
    this.#arrive(this.#places[this.#key] ?? 0);
  }

  #moved() {
    this.path = location.pathname;
    const now = new URLSearchParams(location.search);
    for (const name of [...this.query.keys()]) if (!now.has(name)) this.query.delete(name);
    now.forEach((value, name) => {
      if (this.query.get(name) !== value) this.query.set(name, value);
    });
  }

  /** The focused element was on the previous page, and so was the scroll position. */
  #arrive(top: number) {
    document.getElementById('content')?.focus({ preventScroll: true });
    this.#restore(top);
  }

  #keepPlace() {
    this.#places[this.#key] = scrollY;
  }

  /** Content loads gradually: the scroll position is retried until it is reached, the user scrolls, or a timeout. */
  #restore(top: number) {
    this.#stopRestoring();
    if (top === 0) return scrollTo(0, 0);
    const observer = new ResizeObserver(() => attempt());
    const stop = () => {
      observer.disconnect();
      clearTimeout(timer);
      for (const kind of ['wheel', 'touchmove', 'keydown', 'pointerdown']) removeEventListener(kind, stop);
    };
    const attempt = () => {
      scrollTo(0, top);
      if (Math.abs(scrollY - top) < 2) stop();
    };
    const timer = setTimeout(stop, RESTORE_FOR_MS);
    for (const kind of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
      addEventListener(kind, stop, { passive: true });
    this.#stopRestoring = stop;
    void tick().then(() => observer.observe(document.body));
  }
}

function newKey(): string {
  return Math.random().toString(36).slice(2);
}

function readPlaces(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

function writePlaces(places: Record<string, number>) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(places));
  } catch {
    // Without storage a reload starts at the top.
  }
}

export const router = new Router();
