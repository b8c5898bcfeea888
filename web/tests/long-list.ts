/** A long list without a thousand videos: the server's answers, with cursors, search and filter, made in the test. */
import type { Page, Route } from '@playwright/test';
import type { ReelPage, ReelSummary } from '../src/apps/reel/types';

export const MANY = 1000;
const STATES = ['done', 'done', 'done', 'working', 'failed', 'cancelled', 'expired'] as const;

export class List {
  all = Array.from({ length: MANY }, (_, n) => summary(n));
  asked: URLSearchParams[] = [];
  broken = false;

  async serve(page: Page) {
    await page.route(/\/api\/v1\/reels(\?.*)?$/, (route) => this.#answer(route));
  }

  async #answer(route: Route) {
    const query = new URL(route.request().url()).searchParams;
    this.asked.push(query);
    if (this.broken) {
      return route.fulfill({ status: 503, contentType: 'application/problem+json', json: { code: 'storage' } });
    }
    const q = query.get('q')?.toLowerCase() ?? '';
    const state = query.get('state');
    const found = this.all.filter((item) => item.title.toLowerCase().includes(q) && (!state || item.state === state));
    const from = Number(query.get('cursor') ?? 0);
    const to = from + Number(query.get('limit') ?? 20);
    const answer: ReelPage = { items: found.slice(from, to), next_cursor: to < found.length ? String(to) : null };
    await route.fulfill({ json: answer });
  }
}

function summary(n: number): ReelSummary {
  const state = STATES[n % STATES.length]!;
  const long = 'A title that goes on and on, as those of reports by committees of several ministries do, ';
  return {
    id: `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    title: n % 50 === 7 ? `${long.repeat(3)}number ${n}` : n % 3 === 0 ? `تقرير الأنهار ${n}` : `Report ${n}`,
    document_name: `report-${n}.pdf`,
    mode: 'summary',
    shape: '16:9',
    state,
    percent: state === 'done' ? 100 : 40,
    job_id: `01890000-0000-7000-9000-${String(n).padStart(12, '0')}`,
    poster_url: null,
    seconds: state === 'done' ? 75 : null,
    created_at: Date.now() - n * 60_000,
    updated_at: Date.now() - n * 60_000,
  };
}
