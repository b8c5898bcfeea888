/**
 * The sound of a session, played as one: segment after segment, past the gaps between and in them, and those together that were
 * recorded at the same time.
 */
import type { Problem } from '../../../lib/api/problem';
import { audioUrl, scribeApi } from '../api';
import { besides, pastGap, silences, soundAt, type Stretch } from '../transcript/timeline';
import type { Gap } from '../types';
import { Beside, FAR_SECONDS } from './beside';

export const STEP_MS = 5000;
export const RATES = [0.75, 1, 1.25, 1.5, 2] as const;

export class Sound {
  time = $state(0);
  playing = $state(false);
  failed = $state(false);
  /** Why it failed, if that is the server's. */
  problem = $state.raw<Problem | null>(null);
  rate = $state<number>(1);
  /** The gap that was passed last, while it is worth saying. */
  passed = $state.raw<Gap | null>(null);

  readonly #audio = new Audio();
  #stretch: Stretch | null = null;
  #besides: Beside[] = [];
  /** Where to go once the segment can be sought in, in seconds of it. */
  #wanted: number | null = null;
  #frame = 0;

  constructor(
    readonly session: string,
    readonly stretches: Stretch[],
    readonly length: number,
    readonly allGaps: () => Gap[],
  ) {
    this.#audio.preload = 'metadata';
    this.#audio.addEventListener('loadedmetadata', () => this.#go());
    this.#audio.addEventListener('durationchange', () => this.#go());
    this.#audio.addEventListener('play', () => this.#follow());
    this.#audio.addEventListener('seeked', () => this.#follow());
    // Pictures stop where the page is hidden, and this does not.
    this.#audio.addEventListener('timeupdate', () => this.#lead());
    this.#audio.addEventListener('pause', () => this.#lead());
    this.#audio.addEventListener('ended', () => this.#next());
    this.#audio.addEventListener('error', () => this.#fail());
    const first = stretches[0];
    if (first) this.#use(first);
  }

  /** Those with nothing to hear. */
  gaps(): Gap[] {
    return silences(this.allGaps(), this.stretches);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    this.failed = false;
    this.problem = null;
    // At the end it begins again.
    if (soundAt(this.stretches, this.time) === null) this.seek(0);
    // What cannot be heard, as a first segment that is damaged, is passed.
    else if (pastGap(this.gaps(), this.time) > this.time) this.#move(this.time);
    if (soundAt(this.stretches, this.time) === null) return;
    if (this.#audio.error) this.#loadAgain();
    this.playing = true;
    if (this.#wanted === null) this.#start();
  }

  pause() {
    this.playing = false;
    this.#audio.pause();
  }

  /** In milliseconds of the session. In a gap, the sound after it is next. */
  seek(ms: number) {
    this.passed = null;
    this.#move(Math.min(Math.max(0, ms), this.length));
  }

  step(ms: number) {
    this.seek(this.time + ms);
  }

  setRate(rate: number) {
    this.rate = rate;
    this.#audio.playbackRate = rate;
  }

  end() {
    this.pause();
    cancelAnimationFrame(this.#frame);
    this.#besides.forEach((one) => one.end());
    this.#besides = [];
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  #move(ms: number) {
    const to = pastGap(this.gaps(), ms);
    const stretch = soundAt(this.stretches, to);
    if (!stretch) {
      // Behind all sound: what is missing at the end, or nothing at all.
      this.pause();
      this.#wanted = null;
      this.time = Math.min(to, this.length);
      return;
    }
    this.time = Math.max(to, stretch.start_ms);
    this.#use(stretch);
    this.#wanted = (this.time - stretch.start_ms) / 1000;
    this.#go();
  }

  #use(stretch: Stretch) {
    if (this.#stretch === stretch) return;
    this.#stretch = stretch;
    this.#audio.src = audioUrl(this.session, stretch.segment);
    // A new source begins with the default rate.
    this.#audio.defaultPlaybackRate = this.rate;
    const wanted = besides(this.stretches, stretch);
    const stay = this.#besides.filter((one) => wanted.includes(one.stretch));
    this.#besides.filter((one) => !stay.includes(one)).forEach((one) => one.end());
    const come = wanted.filter((one) => !stay.some((other) => other.stretch === one));
    this.#besides = [...stay, ...come.map((one) => new Beside(one, audioUrl(this.session, one.segment)))];
  }

  /** Has those sound beside it that do at this moment. */
  #lead() {
    if (this.#stretch === null) return;
    // One that waits for its data holds the others.
    const hasData = this.#audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    const sounding = this.playing && this.#wanted === null && !this.#audio.paused && hasData;
    const now = this.#stretch.start_ms + this.#audio.currentTime * 1000;
    this.#besides.forEach((one) => one.follow(now, sounding, this.rate));
  }

  #go() {
    if (this.#wanted === null || this.#audio.readyState === 0) return;
    if (this.#audio.duration === Infinity) {
      if (this.#wanted === 0) this.#arrive();
      else this.#audio.currentTime = FAR_SECONDS;
      return;
    }
    this.#arrive();
  }

  #arrive() {
    this.#audio.currentTime = this.#wanted ?? 0;
    this.#wanted = null;
    if (this.playing) this.#start();
  }

  /** One that failed plays nothing, and does not say it again. It may be there by now, or says why not. */
  #loadAgain() {
    if (!this.#stretch) return;
    this.#wanted ??= Math.max(0, this.time - this.#stretch.start_ms) / 1000;
    this.#audio.load();
  }

  #start() {
    this.#audio.play().catch((error: unknown) => {
      // Another place was chosen meanwhile.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.playing = false;
    });
  }

  #follow() {
    cancelAnimationFrame(this.#frame);
    if (this.#stretch === null || this.#wanted !== null) return;
    this.time = this.#stretch.start_ms + this.#audio.currentTime * 1000;
    this.#lead();
    const past = pastGap(this.gaps(), this.time);
    if (past > this.time && this.playing) {
      this.passed = this.gaps().find(({ end_ms }) => end_ms === past) ?? null;
      this.#move(past);
    } else if (!this.#audio.paused) this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #next() {
    const stretch = this.#stretch;
    if (stretch === null || this.#wanted !== null || !this.playing) return;
    const next = soundAt(this.stretches, stretch.end_ms);
    if (next === null || next === stretch) {
      this.playing = false;
      this.time = this.length;
      return;
    }
    this.passed = this.gaps().find(({ end_ms }) => Math.abs(end_ms - next.start_ms) < STEP_MS / 10) ?? null;
    this.#move(Math.max(stretch.end_ms, next.start_ms));
  }

  #fail() {
    if (!this.#audio.getAttribute('src')) return;
    this.playing = false;
    this.failed = true;
    void this.#askWhy();
  }

  async #askWhy() {
    const stretch = this.#stretch;
    if (!stretch) return;
    const problem = await scribeApi.whyNoSound(this.session, stretch.segment);
    if (this.failed && this.#stretch === stretch) this.problem = problem;
  }
}
