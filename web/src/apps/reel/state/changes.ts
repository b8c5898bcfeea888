/** The events of Reel, read from the stream of the browser. */
import { onEvent } from '../../../lib/events/events';
import { readChange, type ReelChange } from '../change';

export interface ChangeHandlers {
  changed: (change: ReelChange) => void;
  deleted: (reelId: string) => void;
}

export function onReelChange({ changed, deleted }: ChangeHandlers): void {
  onEvent('reel.changed', ({ data }) => {
    const change = readChange(data);
    if (change) changed(change);
  });
  // A job has states of its own; that it changed is reason enough to look at its reel.
  onEvent('job.changed', ({ data }) => {
    const change = readChange(data);
    if (change) changed({ reel_id: change.reel_id });
  });
  onEvent('reel.deleted', ({ data }) => {
    const change = readChange(data);
    if (change) deleted(change.reel_id);
  });
}
