/** What lies over the page: at most one at a time. */
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
