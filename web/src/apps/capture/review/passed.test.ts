import { expect, it, vi } from 'vitest';
import { field, phrase } from '../example';
import { en } from '../words/review-en';
import { passedOver } from './passed';

// The page's own texts need a browser.
vi.mock('../text', () => ({
  t: (key: keyof typeof en, values: Record<string, string | number> = {}) =>
    String(en[key]).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])),
}));

const source = { kind: 'engine', name: 'pp-ocr 6', version: null };
const passed_over = [
  { provider: 'eyes', why: 'there is no money left there' },
  { provider: 'local', why: 'it is not installed' },
];

it('says who did not read a picture, why, and who did instead', () => {
  expect(passedOver(phrase('p1', { source: 'image', text: field('чай', { source }), passed_over }))).toEqual([
    'eyes did not read it: there is no money left there',
    'This machine did not read it: it is not installed',
    'It was read by pp-ocr 6 instead.',
  ]);
});

it('says who did not hear a clip, also when nobody did', () => {
  const unheard = phrase('p1', { source: 'audio', status: 'failed', text: field('', { source: null }), passed_over });
  expect(passedOver(unheard)).toEqual([
    'eyes did not hear it: there is no money left there',
    'This machine did not hear it: it is not installed',
  ]);
});

it('says nothing where the first one did it', () => {
  expect(passedOver(phrase('p1', { source: 'image' }))).toEqual([]);
});
