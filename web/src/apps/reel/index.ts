/** Reel: a PDF becomes a narrated, captioned video. What the shell needs before the app's pages are loaded. */
import Clapperboard from '@lucide/svelte/icons/clapperboard';
import { defineApp, joined, type Work } from '../../lib/app';
import type { Command } from '../../lib/shell/commands.svelte';
import { router } from '../../lib/router/router.svelte';
import { reelApi } from './api';
import { name } from './names';
import { HOME, reelPath } from './paths';
import { pictureOf, type ReelSnapshot, type ReelSummary } from './types';

const group = () => name('reel.name');

/** The commands of all pages of Reel, then those of the page of one reel. */
const COMMANDS: Command[] = [
  { id: 'reel.choose', label: () => name('command.choose'), group, keys: ['U'], key: 'u', run: choose },
  { id: 'reel.home', label: () => name('command.home'), group, keys: ['H'], key: 'h', run: () => router.go(HOME) },
  { id: 'reel.search', label: () => name('command.search'), group, keys: ['/'], key: '/', run: search },
  { id: 'reel.play', label: () => name('command.play'), group, keys: ['K'], key: 'k' },
  { id: 'reel.back', label: () => name('command.back'), group, keys: ['J'], key: 'j' },
  { id: 'reel.forward', label: () => name('command.forward'), group, keys: ['L'], key: 'l' },
  { id: 'reel.next', label: () => name('command.next'), group, keys: ['N'], key: 'n' },
  { id: 'reel.previous', label: () => name('command.previous'), group, keys: ['P'], key: 'p' },
  { id: 'reel.edit', label: () => name('command.edit'), group, keys: ['E'], key: 'e', onFocus: true },
  { id: 'reel.move', label: () => name('command.move'), group, keys: ['Alt', '↑ ↓'], onFocus: true },
  { id: 'reel.save', label: () => name('command.save'), group, keys: ['Ctrl', '↵'], onFocus: true },
];

const LATEST = 12;
const ACTIVE = 50;

export const reel = defineApp<ReelSummary>({
  name: 'reel',
  label: () => name('reel.name'),
  icon: Clapperboard,
  home: HOME,
  routes: [
    { pattern: HOME, page: 'home' },
    { pattern: `${HOME}/:id`, page: 'reel' },
  ],
  commands: COMMANDS,
  events: ['reel.changed', 'reel.deleted'],
  eventName: (type) => {
    if (type === 'reel.changed') return name('event.changed');
    return type === 'reel.deleted' ? name('event.deleted') : null;
  },
  works: async (which) => {
    const outcome = await reelApi.list(which === 'active' ? { state: 'working', limit: ACTIVE } : { limit: LATEST });
    return outcome.ok ? { ok: true, value: outcome.value.items.map(workOf) } : outcome;
  },
  present: (part) => {
    const { latest, unfinished } = (part ?? {}) as Partial<ReelSnapshot>;
    return latest && unfinished ? joined(latest.map(workOf), unfinished.map(workOf)) : null;
  },
  page: async ({ words, state, oldestFirst, limit, cursor }) => {
    const outcome = await reelApi.list({
      limit,
      sort: oldestFirst ? 'oldest' : 'newest',
      ...(words ? { q: words } : {}),
      ...(state ? { state } : {}),
      ...(cursor ? { cursor } : {}),
    });
    if (!outcome.ok) return outcome;
    return { ok: true, value: { items: outcome.value.items.map(workOf), next: outcome.value.next_cursor ?? null } };
  },
  remove: (id, leaving) => reelApi.remove(id, leaving),
  begin: { label: () => name('begin.label'), text: () => name('begin.text'), run: () => router.go(HOME) },
  load: async () => (await import('./pages')).code,
});

function workOf(summary: ReelSummary): Work<ReelSummary> {
  return {
    jobId: summary.job_id,
    subject: summary.id,
    title: summary.title || summary.document_name,
    href: reelPath(summary.id),
    state: summary.state,
    percent: summary.percent,
    waiting: summary.waiting ?? null,
    createdAt: summary.created_at,
    updatedAt: summary.updated_at,
    note: summary.document_name,
    picture: pictureOf(summary),
    seconds: summary.seconds ?? null,
    data: summary,
  };
}

/** The file dialog belongs to the app's frame, which only exists on its pages. */
async function choose() {
  if (!router.path.startsWith(HOME)) router.go(HOME);
  const { chooseFile } = await import('./home/picker');
  await chooseFile();
}

async function search() {
  if (router.path !== HOME) router.go(HOME);
  const { focusSearch } = await import('./home/picker');
  await focusSearch();
}
