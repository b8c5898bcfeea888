/** Overlays of the page: at most one at a time. */
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

/** The drawer shows the same as the jobs page, so it does not open there. */
export function showJobs(): void {
  if (router.path === '/jobs') document.getElementById('content')?.focus();
  else panels.show('jobs');
}
