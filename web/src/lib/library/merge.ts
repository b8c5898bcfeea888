/** One list of the pages of several apps, in the order of time. */
import type { Outcome, Problem } from '../api/problem';
import type { AppModule, LibraryQuery, Work } from '../app';

export interface Found {
  app: AppModule;
  work: Work;
}

interface Source {
  app: AppModule;
  waiting: Work[];
  cursor: string | null;
  ended: boolean;
}

export class Merged {
  #sources: Source[];

  constructor(
    apps: readonly AppModule[],
    readonly query: Omit<LibraryQuery, 'cursor'>,
  ) {
    this.#sources = apps.map((app) => ({ app, waiting: [], cursor: null, ended: false }));
  }

  /** True while there may be more. */
  get more(): boolean {
    return this.#sources.some(({ ended, waiting }) => !ended || waiting.length > 0);
  }

  /** The next ones, at most `count`. An app that fails ends the list: what is older than its own must not come before. */
  async next(count: number): Promise<Outcome<Found[]>> {
    const found: Found[] = [];
    while (found.length < count) {
      const problem = await this.#fill();
      if (problem) return found.length > 0 ? { ok: true, value: found } : { ok: false, problem };
      const first = this.#first();
      if (!first) break;
      found.push({ app: first.app, work: first.waiting.shift()! });
    }
    return { ok: true, value: found };
  }

  async #fill(): Promise<Problem | null> {
    const empty = this.#sources.filter(({ ended, waiting }) => !ended && waiting.length === 0);
    const outcomes = await Promise.all(empty.map(({ app, cursor }) => app.page({ ...this.query, cursor })));
    let problem: Problem | null = null;
    outcomes.forEach((outcome, n) => {
      const source = empty[n]!;
      if (!outcome.ok) return void (problem = outcome.problem);
      source.waiting = outcome.value.items;
      source.cursor = outcome.value.next;
      source.ended = outcome.value.next === null;
    });
    // A page without items that is not the last one: the next fill goes on.
    return problem ?? (empty.some(({ ended, waiting }) => !ended && waiting.length === 0) ? this.#fill() : null);
  }

  #first(): Source | undefined {
    const sign = this.query.oldestFirst ? 1 : -1;
    return this.#sources
      .filter(({ waiting }) => waiting.length > 0)
      .sort((a, b) => sign * (a.waiting[0]!.createdAt - b.waiting[0]!.createdAt))[0];
  }
}
