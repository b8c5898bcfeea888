/** The keys of the page in one typed list: it answers the keyboard and feeds the help. */
import type { Key } from '../text/en';

export interface Shortcut {
  keys: string[];
  does: Key;
}

/** Shown in the help, in this order. Single letters work while no field has the focus. */
export const SHORTCUTS: Shortcut[] = [
  { keys: ['U'], does: 'help.upload' },
  { keys: ['H'], does: 'help.home' },
  { keys: ['K'], does: 'help.play' },
  { keys: ['J'], does: 'help.back' },
  { keys: ['L'], does: 'help.forward' },
  { keys: ['N'], does: 'help.next' },
  { keys: ['P'], does: 'help.previous' },
  { keys: ['E'], does: 'help.edit' },
  { keys: ['Alt', '↑ ↓'], does: 'help.move' },
  { keys: ['Ctrl', '↵'], does: 'help.save' },
  { keys: ['?'], does: 'help.help' },
];

/** The single key that was pressed, by its place for other scripts; null in a field, a dialog or with a modifier. */
export function plainKey(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const target = event.target as Element | null;
  if (
    target?.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], [role=dialog]')
  )
    return null;
  if (event.key === '?' || event.key === '؟') return '?';
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  return letter ? letter.toLowerCase() : null;
}
