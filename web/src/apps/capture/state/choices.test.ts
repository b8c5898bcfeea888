import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RUSSIAN } from '../example';

const NAME = 'sluice.capture.languages';
const browser = vi.hoisted(() => ({ server: { value: null as unknown }, kept: new Map<string, string>() }));
vi.mock('../../../lib/state/config.svelte', () => ({ server: browser.server }));

const answer = (languages: unknown[]) => (browser.server.value = { apps: { capture: { languages } } });

/** The page, loaded again, before the server has answered. */
async function reloaded() {
  vi.resetModules();
  browser.server.value = null;
  return (await import('./choices')).languages;
}

beforeEach(() => {
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => browser.kept.get(name) ?? null,
    setItem: (name: string, text: string) => browser.kept.set(name, text),
    removeItem: (name: string) => browser.kept.delete(name),
  });
  browser.kept.clear();
});
afterEach(() => vi.unstubAllGlobals());

it('has the languages of the last visit after a reload without a network, and those of the server once it answers', async () => {
  let languages = await reloaded();
  expect(languages()).toEqual([]);
  answer([RUSSIAN]);
  expect(languages()).toEqual([RUSSIAN]);

  languages = await reloaded();
  expect(languages()).toEqual([RUSSIAN]);
  const georgian = { ...RUSSIAN, code: 'ka' };
  answer([georgian]);
  expect(languages()).toEqual([georgian]);
  expect((await reloaded())()).toEqual([georgian]);
});

it('forgets the languages of an app that the server does not have any more', async () => {
  (await reloaded())();
  answer([RUSSIAN]);
  expect((await import('./choices')).languages()).toEqual([RUSSIAN]);
  const languages = await reloaded();
  browser.server.value = { apps: {} };
  expect(languages()).toEqual([]);
  expect((await reloaded())()).toEqual([]);
});

it('keeps no list without bounds, and takes no garbage for one', async () => {
  const languages = await reloaded();
  answer([{ ...RUSSIAN, notes: 'n'.repeat(70_000) }]);
  expect(languages()).toHaveLength(1);
  expect(browser.kept.size).toBe(0);
  for (const garbage of ['{', '{}', 'null', '[null]', '["ru"]', '[{"code":1}]']) {
    browser.kept.set(NAME, garbage);
    expect((await reloaded())(), garbage).toEqual([]);
  }
});
