/** Import rules: the shell imports no app, and no app imports another. */
import { describe, expect, it } from 'vitest';

const files = import.meta.glob('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const sources = Object.entries(files as Record<string, string>).filter(([path]) => !path.endsWith('.test.ts'));

/** The imports of a file, as paths relative to the source folder; packages are left out. */
function imports(path: string, text: string): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map((match) => match[1]!);
  return found.map((to) => new URL(to, `http://src/${path.slice(2)}`).pathname.slice(1));
}

describe('modules of the page', () => {
  it.each(sources.filter(([path]) => path.startsWith('./lib/')))('%s knows no app', (path, text) => {
    expect(imports(path, text).filter((to) => to.startsWith('apps/'))).toEqual([]);
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
