/** Import rules: the shell imports no app, and no app imports another. Nor does the shell name one, or what is served beside it. */
import { describe, expect, it } from 'vitest';

const files = import.meta.glob('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const sources = Object.entries(files as Record<string, string>).filter(([path]) => !path.endsWith('.test.ts'));
const shared = sources.filter(([path]) => path.startsWith('./lib/'));
const served = Object.entries(
  import.meta.glob('../public/*.{js,webmanifest}', { query: '?raw', import: 'default', eager: true }) as Record<
    string,
    string
  >,
);
const names = new Set(sources.flatMap(([path]) => /^\.\/apps\/([^/]+)\//.exec(path)?.[1] ?? []));

/** The lines of `public` that name an app: an origin has one manifest and one service worker, which take what is shared with any. */
const MAY_NAME: Record<string, string[]> = {
  '../public/manifest.webmanifest': ['{ "name": "Capture", "url": "/capture" },'],
  '../public/sw.js': [
    "return Response.redirect('/reel', 303);",
    "await keep({ files, text: files.length > 0 ? '' : text, at: Date.now() }, `capture:${Date.now()}`);",
    "return Response.redirect('/capture', 303);",
  ],
};

/** The imports of a file, as paths relative to the source folder; packages are left out. */
function imports(path: string, text: string): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map((match) => match[1]!);
  return found.map((to) => new URL(to, `http://src/${path.slice(2)}`).pathname.slice(1));
}

/** Where a text names an app: in code, in a string, in a word of several parts such as `reelPath`, in the plural. Comments may. */
function named(text: string): string[] {
  const code = text.replace(/\/\*[^]*?\*\/|<!--[^]*?-->|(?<!:)\/\/.*/g, '');
  const lines = code.split('\n').filter((line) => {
    const words = line.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? [];
    return words.some((word) => names.has(word.toLowerCase().replace(/s$/, '')));
  });
  return lines.map((line) => line.trim());
}

describe('modules of the page', () => {
  it.each(shared)('%s knows no app', (path, text) => {
    expect(imports(path, text).filter((to) => to.startsWith('apps/'))).toEqual([]);
    // What is generated describes the endpoints of all apps.
    if (path !== './lib/api/schema.d.ts') expect(named(text)).toEqual([]);
  });

  it.each(served)('%s, which is served beside it, names an app only where it has to', (path, text) => {
    expect(named(text)).toEqual(MAY_NAME[path] ?? []);
  });

  it('have no exception that is not needed', () => {
    expect(served.map(([path]) => path)).toEqual(expect.arrayContaining(Object.keys(MAY_NAME)));
  });

  it('are told from those that name an app', () => {
    expect([...names].sort()).toEqual(['capture', 'reel', 'scribe']);
    const lines = ["'It is in Scribe.'", 'import { reelPath } from', "go('/reels')", "kind: 'capture.make'"];
    for (const line of lines) expect(named(line)).toEqual([line]);
    expect(named("transcribe(); // by Scribe\n/* Reel */ describe('http://host', captured);")).toEqual([]);
  });

  it('of one app know no other app', () => {
    for (const [path, text] of sources) {
      const app = /^\.\/apps\/([^/]+)\//.exec(path)?.[1];
      if (!app) continue;
      const others = imports(path, text).filter((to) => to.startsWith('apps/') && !to.startsWith(`apps/${app}/`));
      expect(others, path).toEqual([]);
    }
  });

  it('are named for the apps in one list alone', () => {
    const users = sources.filter(([path, text]) => {
      const inApp = path.startsWith('./apps/') && path !== './apps/index.ts';
      return !inApp && imports(path, text).some((to) => /^apps\/[^/]+(\/|$)/.test(to) && to !== 'apps/index.ts');
    });
    expect(users.map(([path]) => path)).toEqual(['./apps/index.ts']);
  });
});
