/** Space, as the key that approves: not where it presses a button or writes a blank. */
export function isSpace(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  if (event.key !== ' ' || event.repeat || event.isComposing) return false;
  const target = event.target as Element | null;
  return !target?.closest('a, button, input, textarea, select, summary, audio, [contenteditable], [role=dialog]');
}
