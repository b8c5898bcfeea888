import { expect, test } from 'vitest';
import type { ModelSet } from './api';
import { hasFailed, isRemovable, isUnderWay, languagesOf } from './models';

const set = (state: string, job: string | null, own = true) =>
  ({ state, has_own_files: own, job: job === null ? null : { state: job } }) as ModelSet;

test('a job is under way until it has ended', () => {
  for (const state of ['scheduled', 'ready', 'running', 'waiting', 'blocked'])
    expect(isUnderWay(set('partial', state)), state).toBe(true);
  for (const state of ['succeeded', 'dead', 'cancelled', 'expired'])
    expect(isUnderWay(set('partial', state)), state).toBe(false);
  expect(isUnderWay(set('missing', null))).toBe(false);
});

test('a stopped job has not failed', () => {
  expect(hasFailed(set('partial', 'dead'))).toBe(true);
  expect(hasFailed(set('partial', 'cancelled'))).toBe(false);
  expect(hasFailed(set('installed', null))).toBe(false);
});

test('the languages of a pair are in its name', () => {
  expect(languagesOf('translate-en-de')).toEqual({ from: 'en', to: 'de' });
  expect(languagesOf('translate-fil-en')).toEqual({ from: 'fil', to: 'en' });
  for (const name of ['translate', 'translate-en', 'voice-en', 'translate-en-de-2', 'language-ru'])
    expect(languagesOf(name), name).toBeUndefined();
});

test('what other sets have, too, is not removed', () => {
  expect(isRemovable(set('installed', null))).toBe(true);
  expect(isRemovable(set('partial', null))).toBe(true);
  expect(isRemovable(set('missing', null))).toBe(false);
  expect(isRemovable(set('installed', null, false))).toBe(false);
});
