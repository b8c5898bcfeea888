/** What lies over the page: at most one at a time. */
import { router } from '../router/router.svelte';

export type Panel = 'palette' | 'help' | 'jobs';

class Panels {
  open = $state<Panel | null>(null);

  show(panel: Panel) {
    this.open = panel;
  }

  close(panel: Panel) {
    if (this.open === panel) this.open = null;
  }
}

export const panels = new Panels();

/** The drawer shows what the page of jobs shows: on that page there is nothing to open. */
export function showJobs(): void {
  if (router.path === '/jobs') document.getElementById('content')?.focus();
  else panels.show('jobs');
}
