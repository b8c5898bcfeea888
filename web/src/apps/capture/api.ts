/** The calls of Capture's pages; files are sent by `intake/send.ts`, which tells how far they are. */
import { call, client } from '../../lib/api/client';
import type { paths } from '../../lib/api/schema';
import type { Outcome } from '../../lib/api/problem';
import type {
  Acted,
  Action,
  Drafts,
  Export,
  NewExport,
  NewPhrases,
  NotesToPush,
  Phrase,
  PhraseActed,
  PhraseChange,
  PhrasePage,
  PhraseQuery,
  PhrasesAdded,
  Redo,
  Sides,
  WantedDrafts,
} from './types';

export const PHRASES = '/api/v1/phrases' satisfies keyof paths;

interface Asked {
  id?: string;
  query?: object;
  header?: Record<string, string>;
  body?: object;
  /** Goes on while the page is being closed. */
  keepalive?: boolean;
}

/** With the types of `types.ts`, which are narrower than those of the description. */
function ask<Value>(
  method: 'get' | 'post' | 'patch' | 'delete',
  path: string,
  { id, query, header, body, keepalive = false }: Asked = {},
): Promise<Outcome<Value>> {
  const params = { path: id === undefined ? {} : { id }, query, header };
  const request = client.request as unknown as (
    method: string,
    path: string,
    options: object,
  ) => Promise<{ data?: Value; error?: unknown; response: Response }>;
  return call<Value>(request(method, path, { params, keepalive, ...(body ? { body } : {}) }));
}

const DRAFTS = '/api/v1/phrase-drafts' satisfies keyof paths;
export const EXPORTS = '/api/v1/phrase-exports' satisfies keyof paths;

const ifMatch = (etag: string | null) => (etag === null ? {} : { header: { 'If-Match': etag } });

export const captureApi = {
  list: (query: PhraseQuery) => ask<PhrasePage>('get', PHRASES, { query }),
  show: (id: string) => ask<Phrase>('get', `${PHRASES}/{id}`, { id }),
  /** The same key adds the same phrases. */
  add: (body: NewPhrases, key: string) =>
    ask<PhrasesAdded>('post', PHRASES, { body, header: { 'Idempotency-Key': key } }),
  edit: (id: string, body: PhraseChange, etag: string | null) =>
    ask<Phrase>('patch', `${PHRASES}/{id}`, { id, body, ...ifMatch(etag) }),
  remove: (id: string, keepalive = false) => ask<unknown>('delete', `${PHRASES}/{id}`, { id, keepalive }),
  preview: (id: string) => ask<Sides>('get', `${PHRASES}/{id}/preview`, { id }),
  approve: (id: string, etag: string) => ask<PhraseActed>('post', `${PHRASES}/{id}/approve`, { id, ...ifMatch(etag) }),
  act: (action: Action, ids: string[]) => ask<Acted>('post', `${PHRASES}/batch`, { body: { action, ids } }),
  undo: (undo: string) => ask<Acted>('post', `${PHRASES}/undo`, { body: { undo } }),
  retry: (id: string) => ask<Phrase>('post', `${PHRASES}/{id}/retry`, { id }),
  redo: (id: string, body: Redo) => ask<Phrase>('post', `${PHRASES}/{id}/redo`, { id, body }),

  draft: (body: WantedDrafts) => ask<Drafts>('post', DRAFTS, { body }),
  drafts: (id: string) => ask<Drafts>('get', `${DRAFTS}/{id}`, { id }),
  keepDrafts: (id: string, places: number[], translateTo: string | null) =>
    ask<{ items: Phrase[] }>('post', `${DRAFTS}/{id}/keep`, { id, body: { places, translate_to: translateTo } }),

  beginExport: (body: NewExport) => ask<Export>('post', EXPORTS, { body }),
  showExport: (id: string) => ask<Export>('get', `${EXPORTS}/{id}`, { id }),
  notes: (id: string, after: string | null) =>
    ask<NotesToPush>('get', `${EXPORTS}/{id}/notes`, { id, query: after === null ? {} : { after } }),
  arrived: (id: string, notes: { id: string; changed_at: number }[]) =>
    ask<{ count: number }>('post', `${EXPORTS}/{id}/arrived`, { id, body: { notes } }),
};
