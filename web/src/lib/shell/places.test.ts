import { beforeEach, describe, expect, it } from 'vitest';
import { defineApp, loadApp, register, type AppCode, type AppModule } from '../app';
import { isOurs, placeOf } from './places';

/** A minimal app with one page and one command: it needs nothing but the contract. */
function smallApp(name: string): AppModule {
  const nothing = (() => undefined) as unknown as AppCode['Result'];
  return defineApp<string>({
    name,
    label: () => name,
    icon: nothing as never,
    home: `/${name}`,
    routes: [
      { pattern: `/${name}`, page: 'home' },
      { pattern: `/${name}/:id`, page: 'one' },
    ],
    commands: [{ id: `${name}.open`, label: () => name, group: () => name }],
    events: [`${name}.changed`],
    eventName: () => null,
    works: async () => ({ ok: true, value: [] }),
    present: () => null,
    page: async () => ({ ok: true, value: { items: [], next: null } }),
    remove: async () => ({ ok: true, value: null }),
    begin: { label: () => name, text: () => name, run: () => undefined },
    load: async () => ({
      pages: { home: nothing as never, one: nothing as never },
      Result: nothing,
      stepName: (step) => step,
      troubleWords: ({ title, detail, code }) => ({ title, action: detail, detail: null, code }),
    }),
  });
}

const [first, second] = [smallApp('first'), smallApp('second')];

beforeEach(() => register([first, second]));

describe('placeOf', () => {
  it('has a start page of its own', () => {
    expect(placeOf('/')).toMatchObject({ name: 'shell', id: '/' });
    expect(placeOf('/index.html')).toEqual({ name: 'leads', to: '/' });
  });

  it('finds the page of an app, and what its address says', () => {
    expect(placeOf('/second/abc')).toEqual({ name: 'app', app: second, page: 'one', params: { id: 'abc' } });
  });

  it('finds the pages of the shell', () => {
    expect(placeOf('/jobs').name).toBe('shell');
    expect(placeOf('/settings').name).toBe('shell');
  });

  it('says what is not there', () => {
    for (const path of ['/third', '/first/a/b', '/jobs/1']) expect(placeOf(path).name).toBe('missing');
  });
});

it('the page answers for the names of apps and its own, and leaves other addresses to the server', () => {
  for (const path of ['/', '/first', '/second/x/y', '/jobs', '/settings']) expect(isOurs(path)).toBe(true);
  for (const path of ['/api/v1/config', '/media/1', '/third', '/metrics']) expect(isOurs(path)).toBe(false);
});

it("an app's code is fetched once, and again after a fetch that failed", async () => {
  let fetched = 0;
  const app: AppModule = {
    ...first,
    name: 'flaky',
    load: () => {
      fetched += 1;
      return fetched === 1 ? Promise.reject(new Error('offline')) : first.load();
    },
  };
  await expect(loadApp(app)).rejects.toThrow('offline');
  await loadApp(app);
  await loadApp(app);
  expect(fetched).toBe(2);
});
