/** Unsaved edits of cards. They survive a reload and a closed tab, and stand by when a card is shown again. */
import { SvelteMap } from 'svelte/reactivity';
import { keep, readKept } from '../../../lib/state/kept';
import { changeOf, formOf, rebased, type CardForm } from '../review/edit';
import type { Phrase } from '../types';

interface Edit {
  form: CardForm;
  /** The card as it was when the edit began. */
  base: CardForm;
}

const KEPT = 'capture.edits';

const edits = new SvelteMap<string, Edit>(Object.entries(readKept<Record<string, Edit>>(KEPT, {}) ?? {}));

/** The edit of a card on the card as it is now; null without one. */
export function editOf(phrase: Phrase): { form: CardForm; conflicts: (keyof CardForm)[] } | null {
  const edit = edits.get(phrase.id);
  return edit ? rebased(edit.form, edit.base, formOf(phrase)) : null;
}

/** Whether something of a card is not saved. */
export function isDirty(phrase: Phrase): boolean {
  const edit = editOf(phrase);
  return edit !== null && changeOf(phrase, edit.form) !== null;
}

export function keepEdit(phrase: Phrase, form: CardForm): void {
  const before = edits.get(phrase.id);
  if (changeOf(phrase, form) === null && !before) return;
  // What was in conflict stays so until it is saved: the base is that of the beginning.
  edits.set(phrase.id, { form, base: before?.base ?? formOf(phrase) });
  save();
}

/**
 * What was sent of an edit is saved, and the card is `now`. What was typed while it was on its way stays an edit; true if nothing was.
 * `on` is the card that `sent` stood on: what only follows it was not typed.
 */
export function savedEdit(now: Phrase, sent: CardForm, on: Phrase): boolean {
  const edit = edits.get(now.id);
  const base = formOf(now);
  const typed = edit && rebased(edit.form, edit.base, formOf(on)).form;
  const form = typed ? rebased(typed, sent, base).form : base;
  if (changeOf(now, form) === null) {
    dropEdit(now.id);
    return true;
  }
  edits.set(now.id, { form, base });
  save();
  return false;
}

export function dropEdit(id: string): void {
  if (edits.delete(id)) save();
}

function save() {
  keep(KEPT, edits.size > 0 ? Object.fromEntries(edits) : null);
}
