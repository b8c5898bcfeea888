/**
 * Every action of the page in one typed list, for the command palette, the keyboard and the shortcuts help. A command without `run`
 * belongs to a page: it is available while that page provides it.
 */
import { onMount } from 'svelte';
import { toast } from 'svelte-sonner';
import { SvelteMap } from 'svelte/reactivity';
import { apps } from '../app';
import { router } from '../router/router.svelte';
import { me } from '../state/me.svelte';
import { settings } from '../state/settings.svelte';
import { t } from '../text/index.svelte';
import { plainKey } from './keys';
import { panels, showJobs } from './panels.svelte';

export interface Command {
  id: string;
  label: () => string;
  group: () => string;
  /** As displayed in the help. */
  keys?: string[];
  /** The single key that runs it while no field has the focus. */
  key?: string;
  run?: () => void;
  /** Acts on the focused element, so it is listed in the help but not in the palette. */
  onFocus?: boolean;
  /** False while it is not for this person. */
  allowed?: () => boolean;
}

const go = () => t('command.group.go');
const set = () => t('command.group.settings');

const SHELL: Command[] = [
  {
    id: 'shell.palette',
    label: () => t('command.open'),
    group: go,
    keys: ['Ctrl', 'K'],
    run: () => panels.show('palette'),
  },
  { id: 'shell.start', label: () => t('command.start'), group: go, keys: ['S'], key: 's', run: () => router.go('/') },
  {
    id: 'shell.library',
    label: () => t('command.library'),
    group: go,
    keys: ['B'],
    key: 'b',
    run: () => router.go('/library'),
  },
  {
    id: 'shell.jobs',
    label: () => t('command.jobs'),
    group: go,
    keys: ['G'],
    key: 'g',
    run: showJobs,
  },
  { id: 'shell.jobsPage', label: () => t('command.jobsPage'), group: go, run: () => router.go('/jobs') },
  {
    id: 'shell.admin',
    label: () => t('command.admin'),
    group: go,
    run: () => router.go('/admin'),
    allowed: () => me.isAdmin,
  },
  { id: 'shell.settings', label: () => t('command.settings'), group: set, run: () => router.go('/settings') },
  { id: 'shell.theme', label: () => t('command.theme'), group: set, run: () => settings.nextTheme() },
  { id: 'shell.language', label: () => t('command.language'), group: set, run: () => settings.nextLanguage() },
  {
    id: 'shell.help',
    label: () => t('command.help'),
    group: set,
    keys: ['?'],
    key: '?',
    run: () => panels.show('help'),
  },
];

SHELL.push({
  id: 'shell.signOut',
  label: () => t('command.signOut'),
  group: set,
  run: () => void leave(),
  allowed: () => me.account !== null,
});

/** Signs out; loaded on demand, because few do it. */
export async function leave(): Promise<void> {
  const done = await import('../account/api').then(({ signOut }) => signOut()).catch(() => false);
  if (!done) toast.error(t('shell.signOut.failed'));
}

const provided = new SvelteMap<string, () => void>();

export function commands(): Command[] {
  return [...apps().flatMap((app) => app.commands), ...SHELL].filter(({ allowed }) => allowed?.() ?? true);
}

/** The current action of the command; undefined if no page provides it. */
export function runOf(command: Command): (() => void) | undefined {
  return command.run ?? provided.get(command.id);
}

/** For a component: provides the app's commands while it is mounted. */
export function provide(those: Record<string, () => void>): void {
  onMount(() => {
    for (const [id, run] of Object.entries(those)) provided.set(id, run);
    return () => {
      for (const [id, run] of Object.entries(those)) if (provided.get(id) === run) provided.delete(id);
    };
  });
}

/** For the window's key handler: runs the command of a single key. */
export function runKey(event: KeyboardEvent): void {
  const key = plainKey(event);
  if (key === null) return;
  // What the page provides comes before what leads to another page.
  const those = commands().filter((command) => command.key === key);
  const command = those.find(({ id }) => provided.has(id)) ?? those.find(({ run }) => run);
  const run = command && runOf(command);
  if (!run) return;
  event.preventDefault();
  run();
}
