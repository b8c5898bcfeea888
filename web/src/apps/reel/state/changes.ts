/** The events of Reel, from the browser's event stream. */
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
  // A job has its own states; any change of it is a reason to fetch its reel.
  onEvent('job.changed', ({ data }) => {
    const change = readChange(data);
    if (change) changed({ reel_id: change.reel_id });
  });
  onEvent('reel.deleted', ({ data }) => {
    const change = readChange(data);
    if (change) deleted(change.reel_id);
  });
}
