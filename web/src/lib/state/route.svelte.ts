/** Where the page is. Two routes need no library: plain links work, and `follow` keeps them inside the page. */
export type Route = { name: 'home' } | { name: 'reel'; id: string } | { name: 'unknown' };

export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html' || path === '/reels' || path === '/reels/') return { name: 'home' };
  const reel = /^\/reels\/([^/]+)\/?$/.exec(path);
  return reel?.[1] ? { name: 'reel', id: decodeURIComponent(reel[1]) } : { name: 'unknown' };
}

class Router {
  #path = $state(location.pathname);
  readonly route = $derived(parseRoute(this.#path));

  constructor() {
    addEventListener('popstate', () => (this.#path = location.pathname));
  }

  go(path: string) {
    if (path !== location.pathname) history.pushState(null, '', path);
    this.#path = path;
    scrollTo(0, 0);
    // The element that had the focus is on the page that was left.
    document.getElementById('content')?.focus({ preventScroll: true });
  }

  /** For a click handler on the document: takes over plain clicks on links into this page. */
  follow = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = (event.target as Element).closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return;
    if (parseRoute(link.pathname).name === 'unknown') return;
    event.preventDefault();
    this.go(link.pathname);
  };
}

export const router = new Router();
export const reelPath = (id: string) => `/reels/${encodeURIComponent(id)}`;
