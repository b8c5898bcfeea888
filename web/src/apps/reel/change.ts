/** Applying an event to what the page shows, before the whole reel is fetched again. Pure. */
import { waits } from '../../lib/jobs/why';
import type { Reel, ReelSummary, Scene } from './types';

/** The data of `reel.changed`. */
export interface ReelChange {
  reel_id: string;
  percent?: number;
  state?: Reel['state'];
  scene?: { n: number; state?: Scene['state']; step?: Scene['step']; percent?: number };
}

/** The change in an event's data; null for another event. */
export function readChange(data: unknown): ReelChange | null {
  if (typeof data !== 'object' || data === null) return null;
  const change = data as ReelChange & { subject?: unknown };
  const id = change.reel_id ?? change.subject;
  return typeof id === 'string' ? { ...change, reel_id: id } : null;
}

/**
 * The reel after the change. Progress never decreases while it works, because a replayed event may be older than the reel; and "done" is
 * left to the fetched reel, because it needs its result.
 */
export function applyChange(reel: Reel, change: ReelChange): Reel {
  if (reel.id !== change.reel_id || reel.state === 'done') return reel;
  const stillWorking = change.state === undefined || change.state === 'working';
  if (!stillWorking) return reel;
  const next: Reel = { ...reel };
  if (change.percent !== undefined) next.percent = Math.max(reel.percent, change.percent);
  if (change.scene) {
    const { n, ...changed } = change.scene;
    next.scenes = reel.scenes.map((scene) =>
      scene.n === n && scene.state !== 'done' ? { ...scene, ...changed } : scene,
    );
  }
  return next;
}

/** How a reel is shown: one that works may be held up. */
export function shownState(reel: Pick<ReelSummary, 'state' | 'waiting'>): Reel['state'] | 'waiting' {
  return isMoving(reel) && waits(reel.waiting) ? 'waiting' : reel.state;
}

/** Whether a script consists of sentences of the document: `extract`, or `extract_edited` once a person changed it. */
export function isExtract(source: string | null | undefined): boolean {
  return source === 'extract' || source === 'extract_edited';
}

/** Whether a language model wrote a script: `written`, or `written_edited` once a person changed it. */
export function isWritten(source: string | null | undefined): boolean {
  return source === 'written' || source === 'written_edited';
}

/** True while work continues in the background. */
export function isMoving(reel: Pick<Reel, 'state'>): boolean {
  return reel.state === 'working';
}

/** Scenes that are not in the video as they are now: edited, or added. */
export function changedScenes(reel: Reel): Scene[] {
  return reel.scenes.filter((scene) => scene.state === 'edited' || scene.state === 'pending');
}

/** True if the video differs from the current storyboard: text or order have changed since. */
export function isOutdated(reel: Reel): boolean {
  return reel.result != null && !isMoving(reel) && (!reel.result.current || changedScenes(reel).length > 0);
}
