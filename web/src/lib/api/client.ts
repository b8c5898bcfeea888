/** Typed calls to the server. Each returns an `Outcome`; a network failure is a problem like any other. Apps add their own with `call` and `client`. */
import createClient from 'openapi-fetch';
import { NETWORK, problemFrom, type Outcome } from './problem';
import type { paths } from './schema';
import { leftFor } from './signed-out';
import type { Config, Document, Identity, Job, JobProgress, JobWhy } from './types';

export const client = createClient<paths>({ baseUrl: '/' });

type Answer<Value> = { data?: Value; error?: unknown; response: Response };

export async function call<Value>(asked: Promise<Answer<Value>>): Promise<Outcome<Value>> {
  try {
    const { data, error, response } = await asked;
    if (response.ok) return { ok: true, value: data as Value };
    const problem = problemFrom(response.status, error, response.headers.get('retry-after'), Date.now());
    leftFor(problem);
    return { ok: false, problem };
  } catch {
    return { ok: false, problem: NETWORK };
  }
}

const of = (id: string) => ({ params: { path: { id } } });

export const api = {
  config: (): Promise<Outcome<Config>> => call(client.GET('/api/v1/config')),
  me: (): Promise<Outcome<Identity>> => call(client.GET('/api/v1/account')),
  document: (id: string): Promise<Outcome<Document>> =>
    call(client.GET('/api/v1/documents/{id}' as never, of(id) as never)),
  job: (id: string): Promise<Outcome<Job>> => call(client.GET('/api/v1/jobs/{id}', of(id))),
  jobProgress: (id: string): Promise<Outcome<JobProgress>> => call(client.GET('/api/v1/jobs/{id}/progress', of(id))),
  jobWhy: (id: string): Promise<Outcome<JobWhy>> => call(client.GET('/api/v1/jobs/{id}/why', of(id))),
  cancelJob: (id: string) => call(client.POST('/api/v1/jobs/{id}/cancel', of(id))),
  retryJob: (id: string) => call(client.POST('/api/v1/jobs/{id}/retry', of(id))),
};
