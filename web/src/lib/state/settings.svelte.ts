/** Language, digits and theme: initialised by first-paint.js, kept in sync afterwards. */
import type { Digits, Locale, PageLanguage } from '../text/format';
import { keep, readKept } from './kept';

export type Theme = 'auto' | 'light' | 'dark';

interface Saved {
  language?: PageLanguage;
  digits?: Digits;
  theme?: Theme;
}

const saved = readKept<Saved>('settings', {}) ?? {};
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

class Settings {
  language = $state<PageLanguage>(document.documentElement.lang === 'ar' ? 'ar' : 'en');
  digits = $state<Digits>(saved.digits === 'arab' ? 'arab' : 'latn');
  theme = $state<Theme>(saved.theme === 'light' || saved.theme === 'dark' ? saved.theme : 'auto');
  systemIsDark = $state(darkSystem.matches);
  /** Western digits in an English page, whatever was chosen for the Arabic one. */
  readonly locale: Locale = $derived({
    language: this.language,
    digits: this.language === 'ar' ? this.digits : 'latn',
  });
  readonly direction = $derived<'ltr' | 'rtl'>(this.language === 'ar' ? 'rtl' : 'ltr');
  readonly dark = $derived(this.theme === 'dark' || (this.theme === 'auto' && this.systemIsDark));

  constructor() {
    darkSystem.addEventListener('change', (event) => (this.systemIsDark = event.matches));
    $effect.root(() => {
      $effect(() => {
        const root = document.documentElement;
        root.lang = this.language;
        root.dir = this.direction;
        root.dataset['theme'] = this.dark ? 'dark' : 'light';
      });
    });
  }

  setLanguage(language: PageLanguage) {
    this.language = language;
    this.#save();
  }

  nextLanguage() {
    this.setLanguage(this.language === 'ar' ? 'en' : 'ar');
  }

  setDigits(digits: Digits) {
    this.digits = digits;
    this.#save();
  }

  setTheme(theme: Theme) {
    this.theme = theme;
    this.#save();
  }

  /** Cycles through auto, light and dark. */
  nextTheme() {
    this.setTheme(this.theme === 'auto' ? 'light' : this.theme === 'light' ? 'dark' : 'auto');
  }

  #save() {
    const all: Saved = { language: this.language, digits: this.digits, theme: this.theme };
    keep('settings', all);
  }
}

export const settings = new Settings();
