/** Scribe: hours of speech without a hole in it. What the shell needs before the app's pages are loaded. */
import Mic from '@lucide/svelte/icons/mic';
import { defineApp, type LibraryPage, type LibraryQuery, type Work, type WorkState } from '../../lib/app';
import type { Outcome } from '../../lib/api/problem';
import { readKept } from '../../lib/state/kept';
import type { Command } from '../../lib/shell/commands.svelte';
import { router } from '../../lib/router/router.svelte';
import { scribeApi } from './api';
import { EVENTS, HEARD, ROOM } from './events';
import { name } from './names';
import { HOME, sessionPath } from './paths';
import type { ScribeSnapshot, SessionState, SessionSummary } from './types';

const group = () => name('scribe.name');
const record = () => router.go(HOME);

const COMMANDS: Command[] = [
  { id: 'scribe.record', label: () => name('command.record'), group, keys: ['R'], key: 'r', run: record },
  { id: 'scribe.home', label: () => name('command.home'), group, run: record },
  { id: 'scribe.pause', label: () => name('command.pause'), group, keys: ['O'], key: 'o' },
  { id: 'scribe.stop', label: () => name('command.stop'), group, keys: ['X'], key: 'x' },
  { id: 'scribe.play', label: () => name('command.play'), group, keys: ['K'], key: 'k' },
  { id: 'scribe.back', label: () => name('command.back'), group, keys: ['J'], key: 'j' },
  { id: 'scribe.forward', label: () => name('command.forward'), group, keys: ['L'], key: 'l' },
  { id: 'scribe.next', label: () => name('command.next'), group, keys: ['N'], key: 'n' },
  { id: 'scribe.previous', label: () => name('command.previous'), group, keys: ['P'], key: 'p' },
  { id: 'scribe.find', label: () => name('command.find'), group, keys: ['/'], key: '/' },
  { id: 'scribe.edit', label: () => name('command.edit'), group, keys: ['E'], key: 'e' },
  { id: 'scribe.summarise', label: () => name('command.summarise'), group, keys: ['M'], key: 'm' },
];

const LATEST = 12;
const ENDED: Partial<Record<SessionState, WorkState>> = { complete: 'done', failed: 'failed' };
/** The most that the server gives at once. */
const MOST = 100;

export const scribe = defineApp<SessionSummary>({
  name: 'scribe',
  label: () => name('scribe.name'),
  icon: Mic,
  home: HOME,
  routes: [
    { pattern: HOME, page: 'home' },
    { pattern: `${HOME}/:id`, page: 'session' },
  ],
  commands: COMMANDS,
  events: [...EVENTS, HEARD, ROOM],
  eventName: (type) => {
    if (type === 'scribe.changed') return name('event.changed');
    return type === 'scribe.deleted' ? name('event.deleted') : null;
  },
  works: async (which) => {
    const outcome = await scribeApi.list({ limit: LATEST });
    if (!outcome.ok) return outcome;
    const works = jobsOf(outcome.value.items);
    return { ok: true, value: which === 'active' ? works.filter(({ state }) => state === 'working') : works };
  },
  present: (part) => {
    const { latest } = (part ?? {}) as Partial<ScribeSnapshot>;
    return latest ? jobsOf(latest) : null;
  },
  page: (query) => (query.oldestFirst ? oldest(query) : newest(query)),
  remove: (id, leaving) => scribeApi.remove(id, leaving),
  begin: { label: () => name('begin.label'), text: () => name('begin.text'), run: record },
  load: async () => (await import('./pages')).code,
});

// What an earlier visit has left is sent, whatever page is shown.
if (readKept('scribe.kept', false)) void import('./outbox/outbox.svelte').then(({ outbox }) => outbox.begin());

async function newest({ words, state, limit, cursor }: LibraryQuery): Promise<Outcome<LibraryPage<SessionSummary>>> {
  const outcome = await scribeApi.list({ limit, ...(words ? { q: words } : {}), ...(cursor ? { cursor } : {}) });
  if (!outcome.ok) return outcome;
  const items = outcome.value.items.map(workOf).filter((work) => state === null || work.state === state);
  return { ok: true, value: { items, next: outcome.value.next_cursor ?? null } };
}

/** The server lists the newest first alone, so all are read. */
async function oldest(query: LibraryQuery): Promise<Outcome<LibraryPage<SessionSummary>>> {
  const items: Work<SessionSummary>[] = [];
  let cursor: string | null = null;
  do {
    const outcome: Outcome<LibraryPage<SessionSummary>> = await newest({ ...query, limit: MOST, cursor });
    if (!outcome.ok) return outcome;
    items.unshift(...outcome.value.items.reverse());
    cursor = outcome.value.next;
  } while (cursor !== null);
  return { ok: true, value: { items, next: null } };
}

/** Writing down what was said is a job; recording is none. */
function jobsOf(sessions: SessionSummary[]): Work<SessionSummary>[] {
  return sessions.filter((session) => session.job_id != null).map(workOf);
}

function workOf(session: SessionSummary): Work<SessionSummary> {
  return {
    jobId: session.job_id ?? session.id,
    subject: session.id,
    title: session.title || name('session.unnamed'),
    href: sessionPath(session.id),
    state: ENDED[session.state] ?? 'working',
    percent: 0,
    waiting: null,
    createdAt: session.created_at,
    updatedAt: session.updated_at,
    note: session.title ? name('session.unnamed') : '',
    picture: null,
    seconds: null,
    data: session,
  };
}
