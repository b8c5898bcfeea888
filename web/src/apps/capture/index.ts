/** Capture: a phrase becomes a card worth learning. What the shell needs before the app's pages are loaded. */
import Camera from '@lucide/svelte/icons/camera';
import { defineApp, type LibraryPage, type LibraryQuery, type Work, type WorkState } from '../../lib/app';
import type { Outcome } from '../../lib/api/problem';
import { router } from '../../lib/router/router.svelte';
import type { Command } from '../../lib/shell/commands.svelte';
import { readKept } from '../../lib/state/kept';
import { captureApi } from './api';
import { deckOf, type DeckWords } from './deck';
import { EVENTS } from './events';
import { name } from './names';
import { CARDS, HOME, OUT, phrasePath, REVIEW } from './paths';
import { titleOf } from './title';
import type { CaptureSnapshot, Phrase, Status } from './types';

const group = () => name('capture.name');
const capture = () => router.go(HOME);

const COMMANDS: Command[] = [
  { id: 'capture.add', label: () => name('command.add'), group, keys: ['C'], key: 'c', run: capture },
  {
    id: 'capture.review',
    label: () => name('command.review'),
    group,
    keys: ['V'],
    key: 'v',
    run: () => router.go(REVIEW),
  },
  { id: 'capture.cards', label: () => name('command.cards'), group, run: () => router.go(CARDS) },
  { id: 'capture.export', label: () => name('command.export'), group, run: () => router.go(OUT) },
  { id: 'capture.approve', label: () => name('command.approve'), group, keys: ['Space'] },
  { id: 'capture.edit', label: () => name('command.edit'), group, keys: ['E'], key: 'e' },
  { id: 'capture.redo', label: () => name('command.redo'), group, keys: ['R'], key: 'r' },
  { id: 'capture.next', label: () => name('command.next'), group, keys: ['J'], key: 'j' },
  { id: 'capture.previous', label: () => name('command.previous'), group, keys: ['K'], key: 'k' },
  { id: 'capture.undo', label: () => name('command.undo'), group, keys: ['Z'], key: 'z' },
  { id: 'capture.save', label: () => name('command.save'), group, keys: ['Ctrl', 'S'] },
  { id: 'capture.play', label: () => name('command.play'), group, keys: ['P'], key: 'p' },
  { id: 'capture.slow', label: () => name('command.slow'), group, keys: ['L'], key: 'l' },
  { id: 'capture.search', label: () => name('command.search'), group, keys: ['/'], key: '/' },
];

const DECK: DeckWords = {
  ready: (count) => name('deck.ready', { count }),
  waiting: (count) => name('deck.waiting', { count }),
  app: () => name('capture.name'),
};
const LATEST = 12;
const STATES: Record<Status, WorkState> = {
  processing: 'working',
  pending_review: 'done',
  approved: 'done',
  exported: 'done',
  failed: 'failed',
};
/** A state of the library as a filter of the server; all states that are done are told apart here. */
const FILTERS: Partial<Record<WorkState, Status>> = { working: 'processing', failed: 'failed' };

export const capturing = defineApp<Phrase>({
  name: 'capture',
  label: () => name('capture.name'),
  icon: Camera,
  home: HOME,
  routes: [
    { pattern: HOME, page: 'home' },
    { pattern: REVIEW, page: 'review' },
    { pattern: CARDS, page: 'cards' },
    { pattern: OUT, page: 'export' },
    { pattern: `${HOME}/:id`, page: 'phrase' },
  ],
  commands: COMMANDS,
  events: EVENTS,
  eventName: (type) => {
    if (type === 'capture.changed') return name('event.changed');
    if (type === 'capture.drafted') return name('event.drafted');
    return type === 'capture.deleted' ? name('event.deleted') : null;
  },
  works: async (which) => {
    const active = which === 'active';
    const outcome = await captureApi.list({ limit: LATEST, ...(active ? { status: 'processing' } : {}) });
    if (!outcome.ok) return outcome;
    const { items, counts } = outcome.value;
    return { ok: true, value: active ? jobsOf(items) : [...jobsOf(items), ...deckOf(items, counts, DECK)] };
  },
  present: (part) => {
    const { latest, counts } = (part ?? {}) as Partial<CaptureSnapshot>;
    return latest ? [...jobsOf(latest), ...deckOf(latest, counts ?? {}, DECK)] : null;
  },
  page,
  remove: (id, leaving) => captureApi.remove(id, leaving),
  begin: { label: () => name('begin.label'), text: () => name('begin.text'), run: capture },
  load: async () => (await import('./pages')).code,
});

// What an earlier visit has left is sent, whatever page is shown.
if (readKept('capture.kept', false)) void import('./intake/outbox.svelte').then(({ outbox }) => outbox.begin());

async function page(query: LibraryQuery): Promise<Outcome<LibraryPage<Phrase>>> {
  const { words, state, oldestFirst, limit, cursor } = query;
  if (state === 'cancelled' || state === 'expired') return { ok: true, value: { items: [], next: null } };
  const status = state ? FILTERS[state] : undefined;
  const outcome = await captureApi.list({
    limit,
    sort: oldestFirst ? 'oldest' : 'newest',
    ...(words ? { q: words } : {}),
    ...(status ? { status } : {}),
    ...(cursor ? { cursor } : {}),
  });
  if (!outcome.ok) return outcome;
  const items = outcome.value.items.map(workOf).filter((work) => state === null || work.state === state);
  return { ok: true, value: { items, next: outcome.value.next_cursor } };
}

/** Only what is being made: a finished card waits in the review queue, and fifty of them are not fifty messages. */
function jobsOf(phrases: Phrase[]): Work<Phrase>[] {
  return phrases.filter(({ status, work }) => status === 'processing' && work !== null).map(workOf);
}

function workOf(phrase: Phrase): Work<Phrase> {
  return {
    jobId: phrase.work?.job_id ?? phrase.id,
    subject: phrase.id,
    title: titleOf(phrase),
    href: phrasePath(phrase.id),
    state: STATES[phrase.status],
    percent: 0,
    waiting: null,
    createdAt: phrase.created_at,
    updatedAt: phrase.updated_at,
    note: phrase.translation?.text || name('phrase.card'),
    picture: phrase.picture?.href ?? null,
    seconds: null,
    data: phrase,
  };
}
