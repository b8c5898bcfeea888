/** The calls about documents and uploads. */
import { call, client } from '../api/client';
import type { Outcome } from '../api/problem';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type DocumentSummary = Schemas['DocumentSummary'];
export type DocumentPage = Schemas['DocumentPage'];
export type OpenUpload = Schemas['UploadView'];

export interface DocumentQuery {
  words: string;
  oldestFirst: boolean;
  limit: number;
  cursor: string | null;
}

const of = (id: string) => ({ path: { id } });

export const shelfApi = {
  documents: ({ words, oldestFirst, limit, cursor }: DocumentQuery): Promise<Outcome<DocumentPage>> =>
    call(
      client.GET('/api/v1/documents', {
        params: {
          query: {
            limit,
            sort: oldestFirst ? 'oldest' : 'newest',
            ...(words ? { q: words } : {}),
            ...(cursor ? { cursor } : {}),
          },
        },
      }),
    ),
  removeDocument: (id: string, keepalive: boolean) =>
    call(client.DELETE('/api/v1/documents/{id}', { params: of(id), keepalive })),
  uploads: (): Promise<Outcome<OpenUpload[]>> => call(client.GET('/api/v1/uploads')),
  discard: (id: string, keepalive: boolean) =>
    call(
      client.DELETE('/api/v1/uploads/{id}', {
        params: { ...of(id), header: { 'Tus-Resumable': '1.0.0' } },
        keepalive,
      }),
    ),
};
