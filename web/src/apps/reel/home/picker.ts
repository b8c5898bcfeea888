/** One hidden file input and one search field for the app: every "Choose a PDF" and the shortcuts use them, once they are mounted. */
/** Older requests are dropped: they would take the focus from something else. */
const WANTED_FOR_MS = 2000;

const inputs = { file: waiting<HTMLInputElement>(), search: waiting<HTMLInputElement>() };

export function registerPicker(element: HTMLInputElement): () => void {
  return inputs.file.set(element);
}

export function registerSearch(element: HTMLInputElement): () => void {
  return inputs.search.set(element);
}

export async function chooseFile(): Promise<void> {
  const input = await inputs.file.get();
  if (!input) return;
  input.value = '';
  input.click();
}

export async function focusSearch(): Promise<void> {
  const input = await inputs.search.get();
  if (!input) return;
  input.focus();
  input.scrollIntoView({ block: 'center' });
}

/** A value that is set and unset; `get` waits for it for a while, and returns null if it is not set. */
function waiting<Value>() {
  let value: Value | null = null;
  let asked: ((value: Value) => void)[] = [];
  return {
    set(now: Value) {
      value = now;
      asked.forEach((answer) => answer(now));
      asked = [];
      return () => {
        if (value === now) value = null;
      };
    },
    get: () =>
      new Promise<Value | null>((resolve) => {
        if (value) return resolve(value);
        asked.push(resolve);
        setTimeout(() => resolve(null), WANTED_FOR_MS);
      }),
  };
}
