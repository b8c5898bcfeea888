import { expect, it, vi } from 'vitest';
import { field, phrase } from './example';

vi.mock('../../lib/state/settings.svelte', () => ({ settings: { locale: { language: 'en', digits: 'latn' } } }));
const { titleOf } = await import('./title');

it('does not say of what has failed that it is being read', () => {
  const unread = phrase('p1', { text: field(''), source: 'audio', status: 'processing' });
  expect(titleOf(unread)).toBe('A clip that is being heard');
  expect(titleOf({ ...unread, status: 'failed' })).toBe('A clip of which there is no card');
  expect(titleOf({ ...unread, source: 'image' })).toBe('A phrase that is being read');
  expect(titleOf({ ...unread, source: 'image', status: 'failed' })).toBe('A photo of which there is no card');
  expect(titleOf(phrase('p2', { status: 'failed' }))).toBe('Где мой чай?');
});
