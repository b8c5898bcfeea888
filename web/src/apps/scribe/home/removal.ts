/** Deleting a session: at once for the eye, and undone by a click. */
import { toast } from 'svelte-sonner';
import { UNDO_MS } from '../../../lib/library/removals.svelte';
import { name } from '../names';
import { wordsFor } from '../problems';
import { sessions } from '../state/sessions.svelte';
import { t } from '../text';

/** `undone` is called if the person wants it back. */
export function removeWithUndo(session: { id: string; title: string }, undone: () => void = () => undefined): void {
  const title = session.title || name('session.unnamed');
  const undo = sessions.removals.soon([session], (problem) => {
    toast.error(t('session.deleteFailed', { title }), { description: wordsFor(problem).title });
  });
  const onClick = () => {
    undo();
    undone();
  };
  toast(t('session.deleted', { title }), { duration: UNDO_MS, action: { label: t('session.undo'), onClick } });
}
