/** What the page says of a provider, its key and its routes. Pure. */
import type { Problem } from '../api/problem';
import type { Provider } from './api';

export type Route = Provider['routes'][number];

/** With which key it is asked. */
export type KeyState = 'unreadable' | 'shown' | 'hidden' | 'missing' | 'none';

export function keyState({ key, needs_key }: Pick<Provider, 'key' | 'needs_key'>): KeyState {
  if (!key) return needs_key ? 'missing' : 'none';
  if (!key.is_readable) return 'unreadable';
  return key.masked ? 'shown' : 'hidden';
}

/** What a route serves, in the order of the texts. */
export const SERVED = ['complete', 'speak', 'transcribe', 'present', 'read', 'translate', 'embed', 'draw'] as const;
export type Served = (typeof SERVED)[number];

export function isServed(capability: string): capability is Served {
  return (SERVED as readonly string[]).includes(capability);
}

/** The routes as they are listed: by what they serve, and then in the order in which they are tried. */
export function inOrder(routes: Route[]): Route[] {
  const rank = ({ capability }: Route) => (isServed(capability) ? SERVED.indexOf(capability) : SERVED.length);
  return [...routes].sort((one, other) => rank(one) - rank(other) || one.place - other.place);
}

/** What the length of a request is counted in. */
export function unitOf(capability: string): 'time' | 'pages' | 'texts' | 'characters' {
  if (capability === 'transcribe' || capability === 'present') return 'time';
  if (capability === 'read') return 'pages';
  return capability === 'embed' ? 'texts' : 'characters';
}

/** A condition of a route: the text that says it, and what that is filled with. */
export type Condition =
  | { says: 'model'; model: string }
  | { says: 'languages'; languages: string[] }
  | { says: 'shortest' | 'longest'; unit: ReturnType<typeof unitOf>; amount: number }
  | { says: 'cost'; micro_usd: number };

export function conditionsOf(route: Route): Condition[] {
  const { capability, model, languages, shortest, longest, cost_cap } = route;
  const unit = unitOf(capability);
  const found: Condition[] = [];
  if (model) found.push({ says: 'model', model });
  if (languages.length > 0) found.push({ says: 'languages', languages });
  if (shortest != null) found.push({ says: 'shortest', unit, amount: shortest });
  if (longest != null) found.push({ says: 'longest', unit, amount: longest });
  if (cost_cap != null) found.push({ says: 'cost', micro_usd: cost_cap });
  return found;
}

/** What is wrong with a key that was given, which stands beside its field; anything else is no fault of the key. */
export function isOfKey({ code }: Pick<Problem, 'code'>): boolean {
  return ['invalid_key', 'key_refused', 'provider_unreachable', 'provider_unsupported'].includes(code);
}

/** What to do after a test that failed: nothing was to be saved. */
export function adviceOf({ code }: Pick<Problem, 'code'>): 'key' | 'later' | null {
  if (code === 'key_refused') return 'key';
  return code === 'provider_unreachable' ? 'later' : null;
}
