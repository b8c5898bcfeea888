/** Paths and patterns. Pure. */

/** First segments of the shell's own routes; an app's is its name. The server serves the page for these alone. */
export const SHELL_PREFIXES = ['admin', 'jobs', 'library', 'settings'] as const;

export type Params = Record<string, string>;

/** The parameters of `path` for `pattern` (`/reel/:id`), or null if it does not match. A trailing slash is ignored. */
export function matchPath(pattern: string, path: string): Params | null {
  const wanted = segments(pattern);
  const given = segments(path);
  if (wanted.length !== given.length) return null;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!;
    if (part.startsWith(':')) {
      const decoded = decode(value);
      if (decoded === null) return null;
      params[part.slice(1)] = decoded;
    } else if (part !== value) return null;
  }
  return params;
}

/** The first segment: which app, or which page of the shell. */
export function prefixOf(path: string): string {
  return segments(path)[0] ?? '';
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
