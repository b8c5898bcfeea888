/** Web locks of the outbox: one uploader per browser, and one lock per segment whose recorder lives. */

export interface Locks {
  /** Waits for the lock and holds it until the returned function is called. */
  hold: (name: string) => Promise<() => void>;
  isFree: (name: string) => Promise<boolean>;
}

export const UPLOADER = 'sluice.scribe.uploader';
export const liveLock = (segment: string) => `sluice.scribe.segment.${segment}`;

export const webLocks: Locks = {
  hold: (name) =>
    new Promise((resolve, reject) => {
      navigator.locks.request(name, () => new Promise<void>((release) => resolve(release))).catch(reject);
    }),
  isFree: (name) => navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null),
};
