/** The sample of a voice: one at a time, and silent as soon as nothing shows the voices any more. */
export type SampleState = 'silent' | 'loading' | 'playing' | 'failed';

class Sample {
  /** The voice that is heard, or was asked for last. */
  voice = $state<string | null>(null);
  state = $state<SampleState>('silent');
  #audio: HTMLAudioElement | null = null;

  stateOf(voice: string): SampleState {
    return this.voice === voice ? this.state : 'silent';
  }

  /** Plays the sample of a voice, or stops it if it plays. */
  toggle(voice: string, url: string) {
    const wasHeard = this.voice === voice && (this.state === 'loading' || this.state === 'playing');
    this.stop();
    if (wasHeard) return;
    const audio = new Audio(url);
    this.#audio = audio;
    this.voice = voice;
    this.state = 'loading';
    const unlessStopped = (state: SampleState) => () => {
      if (this.#audio === audio) this.state = state;
    };
    audio.addEventListener('playing', unlessStopped('playing'));
    audio.addEventListener('ended', unlessStopped('silent'));
    audio.addEventListener('error', unlessStopped('failed'));
    audio.play().catch(unlessStopped('failed'));
  }

  stop() {
    this.#audio?.pause();
    this.#audio = null;
    this.voice = null;
    this.state = 'silent';
  }
}

export const sample = new Sample();
