/**
 * The jobs of all apps, for the job drawer and its badge. Each app describes its subjects; steps, log and reasons come from the jobs API.
 * Events only signal changes: the data is fetched again, at a limited rate.
 */
import { SvelteMap } from 'svelte/reactivity';
import { api } from '../api/client';
import type { Outcome, Problem } from '../api/problem';
import type { Job, JobProgress, JobWhy } from '../api/types';
import { apps, joined, type AppModule, type Work } from '../app';
import { eventsReady, onEvent, onResync } from '../events/events';
import type { PresentState, StreamEvent } from '../events/source';
import { connection } from '../state/connection.svelte';

const ASK_AGAIN_MS = 1500;
/** A place in the queue or a pause changes without an event of the job that waits. */
const FRESH_MS = 5000;

export interface Listed {
  app: AppModule;
  work: Work;
}

/** The API's data about a job; null if it was not fetched or failed. */
export interface Details {
  job: Job | null;
  progress: JobProgress | null;
  why: JobWhy | null;
  /** When it was fetched, for counting down the remaining time. */
  at: number;
}

class Jobs {
  list = $state.raw<Listed[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly details = new SvelteMap<string, Details>();
  readonly active = $derived((this.list ?? []).filter(({ work }) => work.state === 'working'));
  readonly finished = $derived(
    (this.list ?? []).filter(({ work }) => work.state !== 'working' && work.collection !== true),
  );

  /** How many components show the details of a job. */
  #watched = new Map<string, number>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #ended: (listed: Listed) => void = () => undefined;
  #asked = 0;

  /** Subscribes to the stream; `ended` is called for each job that ends. Returns the function that unsubscribes. */
  follow(ended: (listed: Listed) => void): () => void {
    this.#ended = ended;
    void eventsReady().then(() => this.load());
    const kinds = ['job.changed', ...apps().flatMap((app) => app.events)];
    const ends = kinds.map((kind) => onEvent(kind, (event) => this.#changed(event)));
    ends.push(
      onResync((state) => {
        void this.#replace(state);
        for (const id of this.#watched.keys()) void this.#fetch(id);
      }),
    );
    const shown = () => document.hidden || this.#soon('list', () => void this.load());
    document.addEventListener('visibilitychange', shown);
    return () => {
      ends.forEach((end) => end());
      document.removeEventListener('visibilitychange', shown);
      this.#timers.forEach(clearTimeout);
      this.#timers.clear();
    };
  }

  /** Fetches from every app. If one fails, its previous data are kept. */
  load(): Promise<void> {
    return this.#replace(null);
  }

  /** Takes the present state; what it does not tell of an app is fetched. */
  async #replace(state: PresentState | null) {
    const asked = (this.#asked += 1);
    const before = this.list ?? [];
    let problem: Problem | null = null;
    const answers = await Promise.all(
      apps().map(async (app) => {
        const present = state && presentOf(app, state);
        const outcome = present ? { ok: true as const, value: present } : await worksOf(app);
        if (outcome.ok) return outcome.value.map((work) => ({ app, work }));
        problem = outcome.problem;
        return before.filter((listed) => listed.app === app);
      }),
    );
    if (asked !== this.#asked) return;
    this.problem = problem;
    if (problem && this.list === null) return;
    this.list = answers.flat().sort((a, b) => b.work.updatedAt - a.work.updatedAt);
    const working = new Set(before.filter(isActive).map(({ work }) => work.jobId));
    for (const listed of this.list) if (!isActive(listed) && working.has(listed.work.jobId)) this.#ended(listed);
  }

  /** Keeps what is shown of unfinished jobs up to date until the returned function is called. */
  keepFresh(): () => void {
    const timer = setInterval(() => {
      if (document.hidden || connection.gone || this.active.length === 0) return;
      void this.load();
      for (const { work } of this.active) if (this.#watched.has(work.jobId)) void this.#fetch(work.jobId);
    }, FRESH_MS);
    return () => clearInterval(timer);
  }

  /** Keeps the details of a job up to date until the returned function is called. */
  watch(id: string): () => void {
    this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    void this.#fetch(id);
    return () => {
      const left = (this.#watched.get(id) ?? 1) - 1;
      if (left > 0) this.#watched.set(id, left);
      else this.#watched.delete(id);
    };
  }

  async cancel(id: string): Promise<Problem | null> {
    return this.#act(id, await api.cancelJob(id));
  }

  async retry(id: string): Promise<Problem | null> {
    return this.#act(id, await api.retryJob(id));
  }

  async #act(id: string, outcome: Outcome<unknown>): Promise<Problem | null> {
    await Promise.all([this.load(), this.#fetch(id)]);
    return outcome.ok ? null : outcome.problem;
  }

  #changed(event: StreamEvent) {
    if (document.hidden) return;
    // The progress of an app's work concerns the list only while somebody looks at it.
    const progress = event.kind !== 'job.changed' && event.kind.endsWith('.changed');
    if (!progress || this.#watched.size > 0) this.#soon('list', () => void this.load());
    const names = namesOf(event.data);
    for (const { work } of this.list ?? []) {
      if (!this.#watched.has(work.jobId)) continue;
      if (names.has(work.jobId) || names.has(work.subject)) this.#soon(work.jobId, () => void this.#fetch(work.jobId));
    }
  }

  #soon(name: string, run: () => void) {
    if (this.#timers.has(name)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      run();
    }, ASK_AGAIN_MS);
    this.#timers.set(name, timer);
  }

  async #fetch(id: string) {
    const [job, progress, why] = await Promise.all([api.job(id), api.jobProgress(id), api.jobWhy(id)]);
    const before = this.details.get(id);
    this.details.set(id, {
      job: job.ok ? job.value : (before?.job ?? null),
      progress: progress.ok ? progress.value : (before?.progress ?? null),
      why: why.ok ? why.value : null,
      at: Date.now(),
    });
  }
}

const isActive = ({ work }: Listed) => work.state === 'working';

function presentOf(app: AppModule, state: PresentState): Work[] | null {
  const parts: Record<string, unknown> = state.apps;
  return app.present(parts[app.name]);
}

/** The latest jobs, and older ones that are active. */
async function worksOf(app: AppModule): Promise<Outcome<Work[]>> {
  const [latest, active] = await Promise.all([app.works('latest'), app.works('active')]);
  if (!latest.ok) return latest;
  if (!active.ok) return active;
  return { ok: true, value: joined(latest.value, active.value) };
}

/** All ids in an event's data: of the job, and of its subject. */
function namesOf(data: unknown): Set<string> {
  const values = typeof data === 'object' && data !== null ? Object.values(data) : [];
  return new Set(values.filter((value) => typeof value === 'string'));
}

export const jobs = new Jobs();
