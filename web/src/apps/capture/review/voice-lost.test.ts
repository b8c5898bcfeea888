import { expect, it, vi } from 'vitest';
import { phrase } from '../example';
import { en } from '../words/review-en';
import { voiceLost } from './voice-lost';

// The page's own texts need a browser.
vi.mock('../text', () => ({
  t: (key: keyof typeof en, values: Record<string, string | number> = {}) =>
    String(en[key]).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])),
}));

const audio = { href: '', name: 'p1.mp3', own: false, made_by: 'espeak' };

it('says that a lost voice may have been charged, who speaks in its place, and when it is asked again', () => {
  const said = voiceLost(phrase('p1', { audio, voice_lost: { provider: 'mouth', is_charged: false } }));
  expect(said).toMatch(/^The answer of mouth was lost, and the sound may have been charged\. This machine speaks/);
  expect(said).toMatch(/some hours later; then “New sound” asks it once more\.$/);
});

it('says of a charged one that asking again is charged again, and nothing of who speaks where nobody does', () => {
  const error = { code: 'answer_lost', title: '', detail: '' };
  expect(voiceLost(phrase('p1', { error, voice_lost: { provider: 'mouth', is_charged: true } }))).toBe(
    'The answer of mouth was lost, and the sound is charged. “New sound” asks it once more, which is charged again.',
  );
});

it('says nothing where no voice was lost', () => {
  expect(voiceLost(phrase('p1', { audio }))).toBe('');
});
