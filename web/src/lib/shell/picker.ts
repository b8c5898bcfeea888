/** One hidden file input for the whole page: every "Choose a PDF" and the shortcut open the same one. */
let input: HTMLInputElement | null = null;

export function registerPicker(element: HTMLInputElement | null): void {
  input = element;
}

export function chooseFile(): void {
  if (!input) return;
  input.value = '';
  input.click();
}
