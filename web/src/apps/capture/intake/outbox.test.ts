import 'fake-indexeddb/auto';
import { expect, it, vi } from 'vitest';
import { NETWORK } from '../../../lib/api/problem';
import { CaptureStore } from './store';

vi.mock('../../../lib/state/connection.svelte', () => ({ connection: { stream: 'open' } }));
vi.mock('../../../lib/state/kept', () => ({ keep: () => undefined, readKept: () => null }));
vi.mock('../../../lib/state/me.svelte', () => ({ me: { owner: async () => 'ada' } }));
vi.mock('../state/choices', () => ({ choices: () => null }));
vi.mock('../state/wishes.svelte', () => ({ wishes: { language: 'ru', translateTo: null } }));
vi.mock('./shared', () => ({ takeShared: async () => undefined }));
const asked = vi.hoisted(() => [] as string[]);
vi.mock('./send', () => ({
  discard: () => undefined,
  send: ({ key }: { key: string }) => {
    asked.push(key);
    return new Promise(() => undefined);
  },
}));

async function opened() {
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('document', { addEventListener: () => undefined, hidden: false });
  const { outbox } = await import('./outbox.svelte');
  return { outbox, store: await CaptureStore.open() };
}

it('takes what is sent once more for something of which there is no card', async () => {
  const { outbox, store } = await opened();
  const stuck = { ...NETWORK, status: 507, code: 'disk_full' };
  const text = { file: null, text: 'hello', eachLine: false, language: null, translateTo: null };
  await store.add([{ ...text, key: 'k1', owner: 'ada', at: 1, stuck, whole: true }]);
  await outbox.begin();
  await outbox.retry('k1');
  const [kept] = await store.all();
  expect(kept).toMatchObject({ text: 'hello', stuck: null, whole: false, language: 'ru' });
  await vi.waitFor(() => expect(asked).toEqual([kept?.key]));
  expect(kept?.key).not.toBe('k1');
});

it('keeps what was refused while it is mended, until it is sent', async () => {
  const { outbox, store } = await opened();
  asked.length = 0;
  const stuck = { ...NETWORK, status: 422, code: 'text_no_language' };
  const list = { file: null, text: 'Да\nzzzz', eachLine: true, language: null, translateTo: null };
  await store.add([{ ...list, key: 'r1', owner: 'ada', at: 1, stuck }]);
  await outbox.begin();
  await outbox.mend(['r1'], 'Да\nНет', true);
  expect(await store.one('r1')).toMatchObject({ text: 'Да\nНет', eachLine: true, stuck });
  expect(asked, 'it waits for the person').toEqual([]);
  expect(await outbox.takeText('Да\nНет', true, ['r1'])).toBe(true);
  const lists = (await store.all()).filter(({ eachLine }) => eachLine);
  expect(lists).toMatchObject([{ text: 'Да\nНет', stuck: null }]);
  await vi.waitFor(() => expect(asked).toEqual([lists[0]!.key]));
});

it('keeps two refused lists that are mended together as one', async () => {
  const { outbox, store } = await opened();
  const stuck = { ...NETWORK, status: 422, code: 'text_no_language' };
  const list = { file: null, eachLine: true, language: null, translateTo: null, owner: 'ada', stuck };
  await store.add([
    { ...list, key: 'm1', at: 1, text: 'Да\nzzzz' },
    { ...list, key: 'm2', at: 2, text: 'Нет\nzzzz' },
  ]);
  await outbox.begin();
  await outbox.mend(['m2', 'm1'], 'Нет\nДа', true);
  expect(await store.one('m2')).toMatchObject({ text: 'Нет\nДа', stuck });
  expect(await store.one('m1'), 'its lines are in the other one').toBeUndefined();
  // Sent or removed in another tab meanwhile: nothing has taken its lines.
  await store.add([{ ...list, key: 'm3', at: 3, text: 'Пока' }]);
  await outbox.mend(['gone', 'm3'], 'Пока', true);
  expect(await store.one('m3')).toMatchObject({ text: 'Пока' });
});
