/** The service worker, once the page has nothing else to do; only on https and localhost, and not while developing. */
const AFTER_MS = 3000;

/** `waiting` is called when a newer version of the page is ready; what it is given changes over to it. */
export function registerWorker(waiting: (change: () => void) => void): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  // The first worker takes an open page over, too: nothing changes for it then.
  let replaced = serviceWorker.controller !== null;
  let asked = false;
  serviceWorker.addEventListener('controllerchange', () => {
    if (replaced && asked) location.reload();
    replaced = true;
  });
  const ready = (worker: ServiceWorker) => {
    waiting(() => {
      asked = true;
      worker.postMessage('activate');
    });
  };
  setTimeout(() => {
    serviceWorker
      .register('/sw.js')
      .then((registration) => {
        if (registration.waiting) ready(registration.waiting);
        registration.addEventListener('updatefound', () => {
          const next = registration.installing;
          next?.addEventListener('statechange', () => {
            if (next.state === 'installed' && serviceWorker.controller) ready(next);
          });
        });
      })
      // Without it the page works, but not offline.
      .catch(() => undefined);
  }, AFTER_MS);
}
