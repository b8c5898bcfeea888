/**
 * The worker that sends: a hidden page's timers are slow, a worker's are not. Each page has one, and the one that gets the lock sends for
 * the whole browser.
 */
import { CHANNEL, type Post } from './channel';
import { UPLOADER, webLocks } from './locks';
import { scribeServer } from './server';
import { OutboxStore } from './store';
import { Uploader } from './uploader';

/** After an error of the browser's own, such as a storage that cannot be read. */
const AFTER_ERROR_MS = 5_000;

let wake = () => undefined as void;
let woken = false;

const channel = new BroadcastChannel(CHANNEL);
const post = (message: Post) => channel.postMessage(message);

async function run() {
  await webLocks.hold(UPLOADER);
  const uploader = new Uploader({
    store: await OutboxStore.open(),
    server: scribeServer,
    locks: webLocks,
    now: () => Date.now(),
    changed: (session, id) => post({ type: 'changed', session, id }),
    state: (state) => post({ type: 'state', state }),
  });
  channel.onmessage = ({ data }: MessageEvent<Post>) => {
    if (data.type === 'wake') uploader.release();
    // While the server is not well, a new slice changes nothing.
    else if (data.type !== 'kept' || !uploader.isWell) return;
    woken = true;
    wake();
  };
  for (;;) {
    woken = false;
    const wait = await uploader.round().catch(() => AFTER_ERROR_MS);
    if (!woken) await sleep(wait);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

// As an error of the worker: the page ends it, with its lock, and begins another one.
run().catch((error: unknown) =>
  setTimeout(() => {
    throw error;
  }),
);
