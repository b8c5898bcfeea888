import { beforeEach, expect, it, vi } from 'vitest';
import { NETWORK } from '../../../lib/api/problem';
import type { Skipped } from '../types';

const [toasted, refused, went] = vi.hoisted(() => [vi.fn(), vi.fn(), vi.fn()]);
vi.mock('svelte-sonner', () => ({ toast: Object.assign(toasted, { error: refused }) }));
vi.mock('../../../lib/router/router.svelte', () => ({ router: { go: went } }));
vi.mock('../../../lib/state/settings.svelte', () => ({ settings: { locale: { language: 'en', digits: 'latn' } } }));
const { tellRefused, tellUndone } = await import('./act');

beforeEach(() => [toasted, refused, went].forEach((one) => one.mockClear()));

it('leads to the card for which nothing came back', () => {
  tellRefused({ ...NETWORK, status: 409, code: 'same_phrase', members: { phrase: 'p2' } });
  const [title, { description, action }] = refused.mock.lastCall!;
  expect(title).toBe('There is another card of this phrase');
  expect(description).toContain('delete the one that is not needed');
  action.onClick();
  expect(went).toHaveBeenCalledWith('/capture/p2');
  tellRefused({ ...NETWORK, status: 409, code: 'nothing_to_undo' });
  expect(refused.mock.lastCall![1]).toEqual({});
});

it('says what of several did not come back', () => {
  const skipped: Skipped = { id: 'p1', code: 'same_phrase', detail: '', other: 'p2' };
  tellUndone({ left: 0, skipped: [] });
  expect(toasted.mock.lastCall![1]).toEqual({ duration: 1500 });
  tellUndone({ left: 0, skipped: [{ ...skipped, code: 'changed', other: null }] });
  expect(toasted.mock.lastCall![1].description).toMatch(/it was changed meanwhile\.\u2069$/);
  tellUndone({ left: 1, skipped: [skipped] });
  const [, { description, action }] = toasted.mock.lastCall!;
  expect(description).toMatch(/there is another card of it\.\u2069 1 can still come back:/);
  action.onClick();
  expect(went).toHaveBeenCalledWith('/capture/p2');
});
