import { expect, it } from 'vitest';
import { field } from '../example';
import { checkers } from './checked';

const model = (name: string) => ({ kind: 'model', name, version: null });

it('names each checker once, and says whether it looked at its own work', () => {
  const made = (by: string, checked: string | null) =>
    field('tea', { source: model(by), checked_by: checked === null ? null : model(checked) });
  expect(checkers([null, made('quill', null), field('чай')])).toEqual([]);
  expect(checkers([made('quill', 'pen'), made('quill', 'pen'), made('pen', 'pen')])).toEqual([
    { name: 'pen', same: false },
    { name: 'pen', same: true },
  ]);
});
