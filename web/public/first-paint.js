// Theme, language and direction before the first paint; src/lib/state/settings.svelte.ts owns them afterwards.
(function () {
  var saved = {};
  try {
    saved = JSON.parse(localStorage.getItem('sluice.settings') || '{}') || {};
  } catch {
    saved = {};
  }
  var root = document.documentElement;
  var language = saved.language || ((navigator.language || '').toLowerCase().indexOf('ar') === 0 ? 'ar' : 'en');
  var dark = saved.theme === 'dark' || (saved.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.lang = language;
  root.dir = language === 'ar' ? 'rtl' : 'ltr';
  root.dataset.theme = dark ? 'dark' : 'light';
})();
