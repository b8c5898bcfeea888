import { expect, test } from 'vitest';
import { adviceOf, conditionsOf, inOrder, isOfKey, keyState, type Route, SERVED, unitOf } from './shown';

const key = (more: object = {}) => ({ whose: 'own', set_at: 1, is_readable: true, masked: '••••wxyz', ...more });
const route = (capability: string, place = 1, more: Partial<Route> = {}): Route => ({
  capability,
  place,
  languages: [],
  ...more,
});

test('it is said with which key a provider is asked', () => {
  expect(keyState({ key: key(), needs_key: true })).toBe('shown');
  expect(keyState({ key: key({ masked: null, whose: 'installation' }), needs_key: true }), "another's").toBe('hidden');
  expect(keyState({ key: key({ is_readable: false }), needs_key: true })).toBe('unreadable');
  expect(keyState({ key: key({ is_readable: false, masked: null }), needs_key: true })).toBe('unreadable');
  expect(keyState({ key: null, needs_key: true })).toBe('missing');
  expect(keyState({ needs_key: true })).toBe('missing');
  expect(keyState({ key: null, needs_key: false }), "a server of one's own").toBe('none');
});

test('routes are listed by what they serve, in the order in which they are tried', () => {
  const given = [route('draw'), route('speak', 2), route('hum', 1), route('speak', 1), route('complete', 3)];
  const places = (routes: Route[]) => routes.map(({ capability, place }) => `${capability} ${place}`);
  expect(places(inOrder(given))).toEqual(['complete 3', 'speak 1', 'speak 2', 'draw 1', 'hum 1']);
  expect(places(given)[0], 'what was given stays as it was').toBe('draw 1');
});

test('every condition of a route is said, and none that it has not', () => {
  expect(conditionsOf(route('speak'))).toEqual([]);
  expect(conditionsOf(route('speak', 1, { model: null, longest: null, shortest: null, cost_cap: null }))).toEqual([]);
  const all = { model: 'tts-1', languages: ['ar', 'en'], shortest: 10, longest: 8000, cost_cap: 50_000 };
  expect(conditionsOf(route('speak', 1, all))).toEqual([
    { says: 'model', model: 'tts-1' },
    { says: 'languages', languages: ['ar', 'en'] },
    { says: 'shortest', unit: 'characters', amount: 10 },
    { says: 'longest', unit: 'characters', amount: 8000 },
    { says: 'cost', micro_usd: 50_000 },
  ]);
  const none = { shortest: 0, longest: 0, cost_cap: 0 };
  expect(conditionsOf(route('read', 1, none)), 'a limit of nothing is a limit').toEqual([
    { says: 'shortest', unit: 'pages', amount: 0 },
    { says: 'longest', unit: 'pages', amount: 0 },
    { says: 'cost', micro_usd: 0 },
  ]);
});

test('lengths have the unit of what is served', () => {
  const units = Object.fromEntries(SERVED.map((served) => [served, unitOf(served)]));
  expect(units).toMatchObject({ complete: 'characters', speak: 'characters', transcribe: 'time', present: 'time' });
  expect(units).toMatchObject({ read: 'pages', embed: 'texts', translate: 'characters' });
});

test('what is wrong with a key stands beside its field', () => {
  for (const code of ['invalid_key', 'key_refused', 'provider_unreachable', 'provider_unsupported'])
    expect(isOfKey({ code }), code).toBe(true);
  for (const code of ['network', 'rate_limited', 'not_found', 'key_undecryptable'])
    expect(isOfKey({ code }), code).toBe(false);
});

test('a test that failed says what to do, and nothing of saving', () => {
  expect(adviceOf({ code: 'key_refused' })).toBe('key');
  expect(adviceOf({ code: 'no_key' }), 'it says that itself').toBeNull();
  expect(adviceOf({ code: 'provider_unreachable' })).toBe('later');
  expect(adviceOf({ code: 'network' })).toBeNull();
});
