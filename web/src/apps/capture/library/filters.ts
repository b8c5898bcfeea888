/** The filters of the library, as they stand in the address. Pure. */
import { SORTS, SOURCES, STATUSES, type PhraseQuery } from '../types';

export const FILTERS = ['status', 'language', 'source', 'doubtful', 'excluded'] as const;
export type Filter = (typeof FILTERS)[number];

/** What an address asks for; what it cannot mean is left out. */
export function queryOf(get: (name: string) => string | null): PhraseQuery {
  const one = <Value extends string>(name: string, all: readonly Value[]) => all.find((value) => value === get(name));
  const yesOrNo = (name: string) => ({ true: true, false: false })[get(name) ?? ''];
  const q = get('q')?.trim().slice(0, 200);
  const language = /^[a-z]{2,3}$/.exec(get('language') ?? '')?.[0];
  const query: PhraseQuery = { sort: one('sort', SORTS) ?? 'newest' };
  const [status, source, doubtful, excluded] = [
    one('status', STATUSES),
    one('source', SOURCES),
    yesOrNo('doubtful'),
    yesOrNo('excluded'),
  ];
  if (q) query.q = q;
  if (status) query.status = status;
  if (language) query.language = language;
  if (source) query.source = source;
  if (doubtful !== undefined) query.doubtful = doubtful;
  if (excluded !== undefined) query.excluded = excluded;
  return query;
}

/** Whether anything is left out by it. */
export function isFiltered({ sort: _, ...rest }: PhraseQuery): boolean {
  return Object.keys(rest).length > 0;
}
