/** Small values in local storage. It may be full, disabled or contain garbage; the page works without it. */
export function readKept<Value>(name: string, fallback: Value): Value {
  try {
    const text = localStorage.getItem(`sluice.${name}`);
    return text === null ? fallback : (JSON.parse(text) as Value);
  } catch {
    return fallback;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    if (value === null || value === undefined) localStorage.removeItem(`sluice.${name}`);
    else localStorage.setItem(`sluice.${name}`, JSON.stringify(value));
  } catch {
    // Without storage a reload loses it; nothing else depends on it.
  }
}
