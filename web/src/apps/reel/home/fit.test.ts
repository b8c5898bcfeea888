import { describe, expect, it } from 'vitest';
import type { Offer, ReelChoices, Voice } from '../types';
import { betterVoice, fits, lasting, MOST_SHOWN, settle, shownPresenters } from './fit';

const voice = (id: string, changes: Partial<Voice> = {}): Voice => ({
  id,
  name: id,
  engine: 'test',
  language: 'en',
  installed: true,
  default: false,
  register: 'neutral',
  prices: [],
  ...changes,
});

const joe = voice('joe', { register: 'male', presenter: 'omar', default: true });
const amy = voice('amy', { register: 'female', presenter: 'ada' });
const offer: Offer = {
  estimates: [
    { mode: 'summary', seconds: 70, short: false, scenes: 6, wall_seconds: 30, words: 170 },
    { mode: 'explanation', seconds: 120, short: false, scenes: 9, wall_seconds: 50, words: 300 },
  ] as Offer['estimates'],
  voices: [joe, amy],
  voice_of_presenter: { ada: 'amy', omar: 'joe' },
  filmed_presenters: [{ id: 'studio:greta', name: 'Greta', provider: 'studio', prices: [] }],
};
const choices: ReelChoices = {
  modes: ['summary', 'explanation'],
  shapes: ['16:9', '9:16', '1:1'],
  presenters: [
    { id: 'ada', name: 'Ada', image_url: '', register: 'female' },
    { id: 'omar', name: 'Omar', image_url: '', register: 'male' },
  ],
  defaults: { mode: 'summary', shape: '16:9', captions: 'burned' },
} as ReelChoices;

describe('settle', () => {
  it('takes the defaults of the server, which are those of the API and the command line', () => {
    expect(settle({}, offer, choices)).toEqual({
      mode: 'summary',
      shape: '16:9',
      captions: 'burned',
      presenter: 'omar',
      script: 'extract',
      voice: 'joe',
    });
    const others = { ...choices, defaults: { mode: 'explanation', shape: '9:16', captions: 'beside' } } as ReelChoices;
    expect(settle({}, offer, others)).toMatchObject({ mode: 'explanation', shape: '9:16', captions: 'beside' });
  });

  it('lets a model write the script only where there is one, and somebody chose it', () => {
    const written = { ...offer, written_by: 'letters' };
    expect(settle({}, written, choices).script).toBe('extract');
    expect(settle({ script: 'written' }, written, choices).script).toBe('written');
    expect(settle({ script: 'written' }, offer, choices).script).toBe('extract');
  });

  it('gives a presenter who was chosen a voice that fits', () => {
    expect(settle({ presenter: 'ada' }, offer, choices)).toMatchObject({ presenter: 'ada', voice: 'amy' });
  });

  it('gives a voice that was chosen a presenter who fits', () => {
    expect(settle({ voice: 'amy' }, offer, choices)).toMatchObject({ presenter: 'ada', voice: 'amy' });
  });

  it('has a provider film its presenter where it offers one, and somebody chose them', () => {
    expect(settle({ presenter: 'studio:greta' }, offer, choices)).toMatchObject({
      presenter: 'studio:greta',
      voice: 'joe',
    });
    const without = { ...offer, filmed_presenters: [] };
    expect(settle({ presenter: 'studio:greta' }, without, choices).presenter).toBe('omar');
  });

  it('changes nothing that somebody chose', () => {
    const both = { presenter: 'ada', voice: 'joe' };
    expect(settle(both, offer, choices)).toMatchObject(both);
    expect(settle({ presenter: null }, offer, choices)).toMatchObject({ presenter: null, voice: 'joe' });
  });

  it('falls back from what is not there any more', () => {
    expect(settle({ presenter: 'gone', voice: 'gone' }, offer, choices)).toMatchObject({
      presenter: 'omar',
      voice: 'joe',
    });
    const short = { ...offer, estimates: offer.estimates.slice(0, 1) };
    expect(settle({ mode: 'explanation' }, short, choices).mode).toBe('summary');
    const absent = { ...offer, voices: [{ ...joe, installed: false }, amy] };
    expect(settle({ voice: 'joe' }, absent, choices).voice).toBe('amy');
  });
});

it('keeps for the next document what costs nothing', () => {
  const chosen = { shape: '1:1', voice: 'joe', script: 'written' } as const;
  expect(lasting({ ...chosen, presenter: 'ada' }, choices)).toEqual({ shape: '1:1', presenter: 'ada' });
  expect(lasting({ ...chosen, presenter: null }, choices)).toEqual({ shape: '1:1', presenter: null });
  expect(lasting({ ...chosen, presenter: 'studio:greta' }, choices)).toEqual({ shape: '1:1' });
  expect(lasting(chosen, choices)).toEqual({ shape: '1:1' });
});

describe('betterVoice', () => {
  const of = (chosen: object, voices = offer) => betterVoice(settle(chosen, voices, choices), voices, choices);

  it('is suggested when both were chosen and do not fit', () => {
    expect(of({ presenter: 'ada', voice: 'joe' })?.id).toBe('amy');
  });

  it('is not when they fit, nobody presents, or there is none', () => {
    expect(of({ presenter: 'ada' })).toBeNull();
    expect(of({ presenter: null, voice: 'joe' })).toBeNull();
    expect(of({ presenter: 'ada', voice: 'joe' }, { ...offer, voices: [joe] })).toBeNull();
  });
});

it('a neutral or unknown register fits everybody', () => {
  expect(fits('neutral', 'male')).toBe(true);
  expect(fits(undefined, 'male')).toBe(true);
  expect(fits('female', 'male')).toBe(false);
});

describe('shownPresenters', () => {
  const person = (number: number) => ({
    id: `d-id:clip:p${number}`,
    name: `Person ${number}`,
    provider: 'd-id',
    prices: [],
  });
  const all = Array.from({ length: 200 }, (_, number) => person(number));

  it('shows some of many, and whom somebody searches for', () => {
    expect(shownPresenters(all, '', null)).toEqual(all.slice(0, MOST_SHOWN));
    expect(shownPresenters(all, ' person 17', null).map(({ id }) => id)[0]).toBe('d-id:clip:p17');
    expect(shownPresenters(all, 'CLIP:P199', null)).toEqual([all[199]]);
    expect(shownPresenters(all, 'nobody', null)).toEqual([]);
  });

  it('keeps whoever is chosen in sight', () => {
    expect(shownPresenters(all, 'person 3', 'd-id:clip:p150')[0]).toBe(all[150]);
    expect(shownPresenters(all, '', 'd-id:clip:p1')).toHaveLength(MOST_SHOWN);
    expect(shownPresenters(all, '', 'ada')).toHaveLength(MOST_SHOWN);
  });
});
