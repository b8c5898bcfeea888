/** The calls of webhooks. */
import { call, client } from '../api/client';
import type { Outcome } from '../api/problem';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Webhook = Schemas['WebhookView'];
export type WebhookSecret = Schemas['WebhookSecret'];
export type WebhookRequest = Schemas['WebhookRequest'];
export type WebhookChange = Schemas['WebhookChange'];
export type Delivery = Schemas['DeliveryView'];
export type DeliveryDetail = Schemas['DeliveryDetail'];
export type DeliveryPage = Schemas['DeliveryPage'];
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export type ReplayRequest = Schemas['ReplayRequest'];

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;

const of = (id: string) => ({ params: { path: { id } } });
const one = (id: string, delivery: string) => ({ params: { path: { id, delivery } } });
const LIMIT = 25;

export const webhooksApi = {
  list: (): Promise<Outcome<Webhook[]>> => call(client.GET('/api/v1/webhooks')),
  create: (body: WebhookRequest): Promise<Outcome<WebhookSecret>> => call(client.POST('/api/v1/webhooks', { body })),
  change: (id: string, body: WebhookChange): Promise<Outcome<Webhook>> =>
    call(client.PATCH('/api/v1/webhooks/{id}', { ...of(id), body })),
  remove: (id: string, keepalive: boolean) => call(client.DELETE('/api/v1/webhooks/{id}', { ...of(id), keepalive })),
  rotate: (id: string, overlap_hours: number): Promise<Outcome<WebhookSecret>> =>
    call(client.POST('/api/v1/webhooks/{id}/secret/rotate', { ...of(id), body: { overlap_hours } })),
  ping: (id: string): Promise<Outcome<Delivery>> => call(client.POST('/api/v1/webhooks/{id}/ping', of(id))),
  deliveries: (id: string, state: DeliveryState | null, cursor: string | null): Promise<Outcome<DeliveryPage>> => {
    const query = { limit: LIMIT, ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) };
    return call(client.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id }, query } }));
  },
  delivery: (id: string, delivery: string): Promise<Outcome<DeliveryDetail>> =>
    call(client.GET('/api/v1/webhooks/{id}/deliveries/{delivery}', one(id, delivery))),
  replay: (id: string, delivery: string): Promise<Outcome<Delivery>> =>
    call(client.POST('/api/v1/webhooks/{id}/deliveries/{delivery}/replay', one(id, delivery))),
  replayRange: (id: string, body: ReplayRequest) =>
    call(client.POST('/api/v1/webhooks/{id}/replay', { ...of(id), body })),
};
