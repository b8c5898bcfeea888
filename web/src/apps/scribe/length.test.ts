import { expect, it, vi } from 'vitest';

const settings = vi.hoisted(() => ({ locale: { language: 'en', digits: 'latn' }, language: 'en' }));
vi.mock('../../lib/state/settings.svelte', () => ({ settings }));

const { length } = await import('./length');

it('says lengths in whole seconds, and what is shorter in tenths, as the exports do', () => {
  const lengths = [0, 20, 150, 949, 950, 1200, 1500, 9900, 74_400];
  expect(lengths.map((ms) => length(ms).replaceAll('\u00a0', ' '))).toEqual([
    '0 sec',
    '0.1 sec',
    '0.2 sec',
    '0.9 sec',
    '1 sec',
    '1 sec',
    '2 sec',
    '10 sec',
    '1 min 14 sec',
  ]);
});

it('says them in Arabic', () => {
  Object.assign(settings, { locale: { language: 'ar', digits: 'arab' }, language: 'ar' });
  expect(length(300)).toMatch(/^٠٫٣ ثانية$/);
  expect(length(1200)).toMatch(/^(١ )?ثانية( واحدة)?$/);
});
