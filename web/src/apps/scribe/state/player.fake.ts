/** A browser's player, of which the test says what it loads. */
import { vi } from 'vitest';

export class FakePlayer extends EventTarget {
  static last: FakePlayer;
  preload = '';
  error: object | null = null;
  paused = true;
  ended = false;
  seeking = false;
  readyState = 0;
  currentTime = 0;
  playbackRate = 1;
  defaultPlaybackRate = 1;
  duration = NaN;
  play = vi.fn(async () => void (this.paused = false));
  pause = vi.fn(() => void (this.paused = true));
  load = vi.fn(() => {
    this.error = null;
    this.readyState = 0;
  });
  #src = '';

  constructor() {
    super();
    FakePlayer.last = this;
  }

  get src() {
    return this.#src;
  }

  set src(src: string) {
    this.#src = src;
    this.error = null;
  }

  getAttribute() {
    return this.src;
  }

  removeAttribute() {
    this.src = '';
  }

  knows(duration: number) {
    this.duration = duration;
    this.readyState = 1;
    this.dispatchEvent(new Event('loadedmetadata'));
  }

  /** A player that has failed plays nothing, and says it once, until it loads again. */
  breaks() {
    this.error = {};
    this.dispatchEvent(new Event('error'));
  }
}
