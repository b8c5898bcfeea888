/** A segment that sounds at the same time as the one that is played: two sources, or two devices. It follows the clock of that one. */
import type { Stretch } from '../transcript/timeline';

/** Beyond the end of any sound: a browser that seeks there learns how long a recording without a header of its length is. */
export const FAR_SECONDS = 1e7;
/** Further apart than this, in seconds, it is put where it belongs. Less is not heard; to seek is. */
const APART = 0.2;

export class Beside {
  readonly #audio = new Audio();

  constructor(
    readonly stretch: Stretch,
    url: string,
  ) {
    this.#audio.preload = 'auto';
    this.#audio.addEventListener('loadedmetadata', () => this.#measure());
    this.#audio.src = url;
  }

  /** The other one is there now, in milliseconds of the session, and sounds or not. */
  follow(ms: number, sounding: boolean, rate: number) {
    const audio = this.#audio;
    const seconds = (ms - this.stretch.start_ms) / 1000;
    if (!sounding || seconds < 0 || ms >= this.stretch.end_ms || !Number.isFinite(audio.duration)) {
      if (!audio.paused) audio.pause();
      return;
    }
    if (audio.playbackRate !== rate) audio.playbackRate = rate;
    if (!audio.seeking && Math.abs(audio.currentTime - seconds) > APART) audio.currentTime = seconds;
    // Where it cannot be played the other one is heard alone.
    if (audio.paused && !audio.ended) audio.play().catch(() => undefined);
  }

  end() {
    this.#audio.pause();
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  #measure() {
    if (this.#audio.duration === Infinity) this.#audio.currentTime = FAR_SECONDS;
  }
}
