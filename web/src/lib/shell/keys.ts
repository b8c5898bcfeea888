/** The single key that was pressed, by its physical position for non-Latin scripts; null in a field, a dialog or with a modifier. */
export function plainKey(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const target = event.target as Element | null;
  if (
    target?.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], [role=dialog]')
  )
    return null;
  if (event.key === '?' || event.key === '؟') return '?';
  if (event.key === '/' && !event.shiftKey) return '/';
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  return letter ? letter.toLowerCase() : null;
}

/** Ctrl+K, or Cmd+K on a Mac: works from fields too. */
export function opensPalette(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === 'KeyK';
}
