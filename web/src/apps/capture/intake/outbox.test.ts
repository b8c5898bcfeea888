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

it('takes what is sent once more for something of which there is no card', async () => {
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('document', { addEventListener: () => undefined, hidden: false });
  const { outbox } = await import('./outbox.svelte');
  const store = await CaptureStore.open();
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
