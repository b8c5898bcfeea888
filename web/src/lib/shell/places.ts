/** Resolves a path to a page: one of the shell's own, or one of an app's. */
import type { Component } from 'svelte';
import { apps, type AppModule } from '../app';
import { matchPath, prefixOf, SHELL_PREFIXES, type Params } from '../router/match';

export type Place =
  | { name: 'shell'; load: () => Promise<{ default: Component }>; id: string }
  | { name: 'app'; app: AppModule; page: string; params: Params }
  /** The path is an alias of another one. */
  | { name: 'leads'; to: string }
  | { name: 'missing' };

const SHELL_PAGES: Record<string, () => Promise<{ default: Component }>> = {
  '/': () => import('../home/HomePage.svelte'),
  '/library': () => import('../library/LibraryPage.svelte'),
  '/admin': () => import('../admin/AdminPage.svelte'),
  '/jobs': () => import('../jobs/JobsPage.svelte'),
  '/settings': () => import('./SettingsPage.svelte'),
};

export function placeOf(path: string): Place {
  if (path === '/index.html') return { name: 'leads', to: '/' };
  for (const [pattern, load] of Object.entries(SHELL_PAGES))
    if (matchPath(pattern, path)) return { name: 'shell', load, id: pattern };
  for (const app of apps()) {
    for (const { pattern, page } of app.routes) {
      const params = matchPath(pattern, path);
      if (params) return { name: 'app', app, page, params };
    }
  }
  return { name: 'missing' };
}

/** True for paths that the page handles itself, even if only to show "not found". */
export function isOurs(path: string): boolean {
  const prefix = prefixOf(path);
  return prefix === '' || SHELL_PREFIXES.some((one) => one === prefix) || apps().some((app) => app.name === prefix);
}
