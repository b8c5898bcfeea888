/** The calls about remote providers: one's own keys, or those of the installation. */
import { call, client } from '../api/client';
import type { Outcome } from '../api/problem';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Provider = Schemas['Provider'];
export type ProviderKey = Schemas['ProviderKey'];
export type ProviderTest = Schemas['ProviderTest'];

/** Whose keys they are about. */
export interface ProvidersApi {
  list: () => Promise<Outcome<Provider[]>>;
  setKey: (name: string, key: string) => Promise<Outcome<ProviderKey>>;
  removeKey: (name: string) => Promise<Outcome<unknown>>;
  test: (name: string) => Promise<Outcome<ProviderTest>>;
}

const of = (name: string) => ({ params: { path: { name } } });

export const ownProviders: ProvidersApi = {
  list: () => call(client.GET('/api/v1/providers')),
  setKey: (name, key) => call(client.PUT('/api/v1/providers/{name}/key', { ...of(name), body: { key } })),
  removeKey: (name) => call(client.DELETE('/api/v1/providers/{name}/key', of(name))),
  test: (name) => call(client.POST('/api/v1/providers/{name}/test', of(name))),
};

export const installationProviders: ProvidersApi = {
  list: () => call(client.GET('/api/v1/admin/providers')),
  setKey: (name, key) => call(client.PUT('/api/v1/admin/providers/{name}/key', { ...of(name), body: { key } })),
  removeKey: (name) => call(client.DELETE('/api/v1/admin/providers/{name}/key', of(name))),
  test: (name) => call(client.POST('/api/v1/admin/providers/{name}/test', of(name))),
};
