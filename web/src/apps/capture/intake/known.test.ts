import { beforeEach, expect, it, vi } from 'vitest';

const [toasted, acted] = vi.hoisted(() => [vi.fn(), vi.fn()]);
vi.mock('svelte-sonner', () => ({ toast: toasted }));
vi.mock('../library/act', () => ({ act: acted }));
vi.mock('../../../lib/state/settings.svelte', () => ({ settings: { locale: { language: 'en', digits: 'latn' } } }));
const { tellKnown } = await import('./known');

beforeEach(() => {
  toasted.mockClear();
  acted.mockClear();
});

const told = () => toasted.mock.calls.map(([text]) => text as string);

it('says that there is a card', () => {
  tellKnown(1, [], () => undefined);
  expect(told()).toEqual(['There is a card of it already: no other one is made.']);
  tellKnown(0, [], () => undefined);
  expect(toasted).toHaveBeenCalledTimes(1);
});

it('says which cards are left out or failed, and offers to take them in and to try them again', async () => {
  const held = (id: string, code: 'excluded' | 'failed') => ({ id, code, detail: '' });
  const changed = vi.fn();
  tellKnown(3, [held('a', 'excluded'), held('b', 'failed'), held('c', 'excluded')], changed);
  expect(told()).toEqual([
    'There are cards of 2 of them already, which are left out of decks.',
    'It was captured before, and its card could not be made.',
  ]);
  const actions = toasted.mock.calls.map(([, options]) => options.action);
  expect(actions.map(({ label }) => label)).toEqual(['Take into decks', 'Try again']);
  for (const { onClick } of actions) onClick();
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
  expect(acted.mock.calls.map(([action, ids]) => [action, ids])).toEqual([
    ['include', ['a', 'c']],
    ['retry', ['b']],
  ]);
});
