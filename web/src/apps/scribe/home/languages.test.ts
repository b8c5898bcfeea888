import { describe, expect, it, vi } from 'vitest';

vi.mock('../../../lib/state/settings.svelte', () => ({
  settings: { locale: { language: 'en', digits: 'latn' }, language: 'en' },
}));

const { languageName, t } = await import('../text');

describe('the names of languages', () => {
  it('are the own ones where a browser has none', () => {
    // No list of names has this code, as that of Chromium has neither Bashkir nor Tibetan.
    expect(languageName('qqy', t('language.ba'))).toBe('Bashkir');
    expect(languageName('fr', t('language.bo'))).toBe('French');
  });
});
