/** The calls of administrators. */
import { call, client } from '../api/client';
import type { Outcome } from '../api/problem';
import type { components } from '../api/schema';
import type { Account } from '../api/types';

type Schemas = components['schemas'];
export type AccountPage = Schemas['AccountPage'];
export type AccountChange = Schemas['AccountChange'];
export type AddRequest = Schemas['AddRequest'];
export type Invitation = Schemas['InvitationView'];
export type InvitationPage = Schemas['InvitationPage'];
export type NewInvitation = Schemas['NewInvitation'];
export type Queues = Schemas['QueuesView'];
export type AnyJobs = Schemas['AnyJobPage'];
export type Redriven = Schemas['Redriven'];
export type Kept = Schemas['KeptView'];
export type AnyEvents = Schemas['AnyEventPage'];
export type EngineLimits = Schemas['EngineLimitsView'];
export type EngineLimit = Schemas['EngineLimitRequest'];
export type Models = Schemas['ModelsView'];
export type ModelSet = Schemas['ModelSetView'];
export type Lift = Schemas['LiftRequest'];

/** What a list is narrowed by; empty texts are not asked for. */
export interface JobFilter {
  kind: string;
  code: string;
  owner: string;
}
export interface EventFilter {
  kind: string;
  owner: string;
  subject: string;
}

const cursorOf = (cursor: string | null) => (cursor ? { cursor } : {});

/** Those that are not empty. */
function given<Filter extends object>(filter: Filter): Partial<Filter> {
  const texts = Object.entries(filter).map(([name, text]) => [name, String(text).trim()]);
  return Object.fromEntries(texts.filter(([, text]) => text !== '')) as Partial<Filter>;
}

export const adminApi = {
  accounts: (cursor: string | null): Promise<Outcome<AccountPage>> =>
    call(client.GET('/api/v1/admin/accounts', { params: { query: { limit: 100, ...cursorOf(cursor) } } })),
  change: (owner: string, body: AccountChange): Promise<Outcome<Account>> =>
    call(client.PATCH('/api/v1/admin/accounts/{owner}', { params: { path: { owner } }, body })),
  remove: (owner: string) => call(client.DELETE('/api/v1/admin/accounts/{owner}', { params: { path: { owner } } })),
  invitations: (cursor: string | null): Promise<Outcome<InvitationPage>> =>
    call(client.GET('/api/v1/admin/invitations', { params: { query: { limit: 50, ...cursorOf(cursor) } } })),
  invite: (body: { email?: string; role?: string }): Promise<Outcome<NewInvitation>> =>
    call(client.POST('/api/v1/admin/invitations', { body })),
  uninvite: (id: string) => call(client.DELETE('/api/v1/admin/invitations/{id}', { params: { path: { id } } })),
  queues: (): Promise<Outcome<Queues>> => call(client.GET('/api/v1/admin/queues')),
  pause: (scope: string, name: string, reason: string) =>
    call(client.POST('/api/v1/admin/queues/pause', { body: { scope, name, ...(reason ? { reason } : {}) } })),
  resume: (scope: string, name: string) => call(client.POST('/api/v1/admin/queues/resume', { body: { scope, name } })),
  deadJobs: (filter: JobFilter, cursor: string | null): Promise<Outcome<AnyJobs>> =>
    call(
      client.GET('/api/v1/admin/jobs', {
        params: { query: { state: 'dead', limit: 50, ...given(filter), ...cursorOf(cursor) } },
      }),
    ),
  retry: (id: string) => call(client.POST('/api/v1/admin/jobs/{id}/retry', { params: { path: { id } } })),
  redrive: (filter: JobFilter): Promise<Outcome<Redriven>> =>
    call(client.POST('/api/v1/admin/jobs/redrive', { body: given(filter) })),
  storage: (): Promise<Outcome<Kept[]>> => call(client.GET('/api/v1/admin/storage')),
  events: (filter: EventFilter, cursor: string | null): Promise<Outcome<AnyEvents>> =>
    call(
      client.GET('/api/v1/admin/events', { params: { query: { limit: 50, ...given(filter), ...cursorOf(cursor) } } }),
    ),
  engineLimits: (): Promise<Outcome<EngineLimits>> => call(client.GET('/api/v1/admin/limits')),
  limit: (body: EngineLimit) => call(client.PUT('/api/v1/admin/limits', { body })),
  models: (): Promise<Outcome<Models>> => call(client.GET('/api/v1/admin/models')),
  pullModels: (set: string) => call(client.POST('/api/v1/admin/models/{set}/pull', { params: { path: { set } } })),
  verifyModels: (set: string) => call(client.POST('/api/v1/admin/models/{set}/verify', { params: { path: { set } } })),
  removeModels: (set: string) => call(client.DELETE('/api/v1/admin/models/{set}', { params: { path: { set } } })),
  cancel: (id: string) => call(client.POST('/api/v1/admin/jobs/{id}/cancel', { params: { path: { id } } })),
  unlimit: (body: Lift) => call(client.POST('/api/v1/admin/limits/unset', { body })),
};
