/** The calls of one's own account. */
import { call, client } from '../api/client';
import type { Outcome } from '../api/problem';
import type { components } from '../api/schema';
import type { Account } from '../api/types';

type Schemas = components['schemas'];
export type Token = Schemas['TokenView'];
export type NewToken = Schemas['NewToken'];
export type Session = Schemas['SessionView'];
export type SessionPage = Schemas['SessionPage'];
export type TokenPage = Schemas['TokenPage'];
export type TokenRequest = Schemas['TokenRequest'];

const of = (id: string) => ({ params: { path: { id } } });
const page = (cursor: string | null) => ({ params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } });

export const accountApi = {
  rename: (name: string): Promise<Outcome<Account>> => call(client.PATCH('/api/v1/account', { body: { name } })),
  setPassword: (present: string, next: string) =>
    call(client.POST('/api/v1/account/password', { body: { present, new: next } })),
  leave: (password: string | null) => call(client.DELETE('/api/v1/account', { body: { password } })),
  signOut: () => call(client.DELETE('/api/v1/session')),
  sessions: (cursor: string | null): Promise<Outcome<SessionPage>> =>
    call(client.GET('/api/v1/account/sessions', page(cursor))),
  endSession: (id: string) => call(client.DELETE('/api/v1/account/sessions/{id}', of(id))),
  endSessions: () => call(client.DELETE('/api/v1/account/sessions')),
  tokens: (cursor: string | null): Promise<Outcome<TokenPage>> => call(client.GET('/api/v1/tokens', page(cursor))),
  makeToken: (body: TokenRequest): Promise<Outcome<NewToken>> => call(client.POST('/api/v1/tokens', { body })),
  revokeToken: (id: string) => call(client.DELETE('/api/v1/tokens/{id}', of(id))),
};

/** Ends the session and everything that the page keeps of this person in the browser. */
export async function signOut(): Promise<boolean> {
  const outcome = await accountApi.signOut();
  if (!outcome.ok && outcome.problem.status !== 401) return false;
  forgetPerson();
  location.assign('/sign-in');
  return true;
}

/** What is kept in the browser is of this person; settings of the device stay. */
export function forgetPerson(): void {
  try {
    for (const key of Object.keys(localStorage))
      if ((key.startsWith('sluice.') && key !== 'sluice.settings') || key.startsWith('tus::'))
        localStorage.removeItem(key);
    indexedDB.deleteDatabase('sluice');
  } catch {
    // Without storage nothing was kept.
  }
}
