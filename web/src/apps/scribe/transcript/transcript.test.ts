import { describe, expect, it } from 'vitest';
import type { Live, LivePassage, Segment, SpokenWord, Transcript } from '../types';
import { matchesOf, searchable } from './find';
import { certainUntil, grown } from './live';
import { rowsOf } from './rows';
import { besides, lengthOf, pastGap, silences, soundAt, stretchesOf } from './timeline';
import { directionOf, placeAt, placeOfLetter, placesOf } from './words';

const word = (text: string, start_ms: number): SpokenWord => ({ text, start_ms, end_ms: start_ms + 90, confidence: 1 });

describe('the words of a passage', () => {
  const words = [word('the', 0), word('other', 100), word('the', 200)];

  it('have their places in the text, in order', () => {
    const places = placesOf({ text: 'the other, the', words });
    expect(places.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [4, 9],
      [11, 14],
    ]);
  });

  it('that the text does not have are left out', () => {
    const places = placesOf({ text: 'the the', words });
    expect(places.map(({ from, start_ms }) => [from, start_ms])).toEqual([
      [0, 0],
      [4, 200],
    ]);
  });

  it('are found by time and by letter', () => {
    const places = placesOf({ text: 'the other, the', words });
    expect(placeAt(places, 150)?.from).toBe(4);
    expect(placeAt(places, -1)).toBeNull();
    expect(placeOfLetter(places, 10)?.from).toBe(4);
    expect(placeOfLetter([], 10)).toBeNull();
  });

  it('have the direction of most letters', () => {
    expect(directionOf('Sluice هو اسم المنارة', 'ltr')).toBe('rtl');
    expect(directionOf('The word منارة means lighthouse', 'rtl')).toBe('ltr');
    expect(directionOf('42!', 'rtl')).toBe('rtl');
  });
});

describe('finding', () => {
  const found = (text: string, wanted: string) =>
    matchesOf([searchable(text)], wanted).map(({ from, to }) => text.slice(from, to));

  it('ignores case and marks', () => {
    expect(found('Café, CAFE and cafe', 'café')).toEqual(['Café', 'CAFE', 'cafe']);
  });

  it('knows the letters of Arabic that are written one for the other', () => {
    expect(found('منارةٌ إلى المَنَارَة', 'مناره')).toEqual(['منارةٌ', 'مَنَارَة']);
  });

  it('has positions of the text after letters outside the basic plane', () => {
    expect(found('😀 light', 'light')).toEqual(['light']);
  });

  it('finds nothing for nothing', () => {
    expect(found('anything', '  ')).toEqual([]);
  });
});

describe('the time line', () => {
  const segment = (number: number, started_at: number, length_ms: number, chunks = 1, until_ms = length_ms) =>
    ({ number, started_at, length_ms, until_ms, chunks, stored: length_ms > 0 ? 1 : 0, beyond: 0 }) as Segment;

  it('begins with the first segment that has sound', () => {
    const stretches = stretchesOf([segment(0, 0, 0, 0, 0), segment(1, 5000, 2000), segment(2, 9000, 1000)]);
    expect(stretches.map(({ segment, start_ms, end_ms }) => [segment, start_ms, end_ms])).toEqual([
      [1, 0, 2000],
      [2, 4000, 5000],
    ]);
    expect(soundAt(stretches, 3000)?.segment).toBe(2);
    expect(soundAt(stretches, 5000)).toBeNull();
  });

  it('has what never arrived of a segment, and a segment of which nothing did', () => {
    // Of eight chunks one, of the next segment nothing, and one behind it whose clock jumped.
    const segments = [segment(0, 5000, 1000, 8, 8000), segment(1, 13_000, 0, 3, 3000), segment(2, 10, 500)];
    expect(stretchesOf(segments)).toEqual([
      { segment: 0, start_ms: 0, end_ms: 1000 },
      { segment: 2, start_ms: 11_000, end_ms: 11_500 },
    ]);
    expect(lengthOf(segments)).toBe(11_500);
    expect(lengthOf(segments.slice(0, 2))).toBe(11_000);
    const first = [segment(0, 5000, 0, 3, 3000), segment(1, 8000, 1000)];
    expect(stretchesOf(first), 'the server begins with it, too').toEqual([
      { segment: 1, start_ms: 3000, end_ms: 4000 },
    ]);
  });

  it('puts a segment whose clock jumped after those before it', () => {
    const stretches = stretchesOf([segment(0, 9e9, 2000), segment(1, 10, 1000), segment(2, 9e12, 1000)]);
    expect(stretches.map(({ start_ms }) => start_ms)).toEqual([0, 2000, 3000]);
  });

  it('of two sources at the same time has both, and no gap where one of them sounds', () => {
    const [first, second, third] = [
      { segment: 0, start_ms: 0, end_ms: 9000 },
      { segment: 1, start_ms: 400, end_ms: 12_000 },
      { segment: 2, start_ms: 12_000, end_ms: 15_000 },
    ] as const;
    const all = [first, second, third];
    expect([first, second, third].map((one) => besides(all, one))).toEqual([[second], [first], []]);
    const gaps = [
      { start_ms: 1000, end_ms: 2000, reason: 'not_received' as const, estimated: false },
      { start_ms: 10_000, end_ms: 11_000, reason: 'unreadable' as const, estimated: false },
      { start_ms: 13_000, end_ms: 14_000, reason: 'not_written' as const, estimated: false },
      // Of the first one chunks are missing at its end, and the second one sounds then.
      { start_ms: 9000, end_ms: 12_000, reason: 'not_received' as const, estimated: true },
      { start_ms: 15_000, end_ms: 20_000, reason: 'not_received' as const, estimated: true },
    ];
    expect(silences(gaps, all)).toEqual([gaps[1], gaps[4]]);
  });

  it('passes over gaps', () => {
    const gaps = [{ start_ms: 1000, end_ms: 2000, reason: 'not_received' as const, estimated: false }];
    expect([500, 1000, 1990, 2000].map((ms) => pastGap(gaps, ms))).toEqual([500, 2000, 1990, 2000]);
  });
});

describe('the rows of a transcript', () => {
  const passage = (start_ms: number, speaker: number | null) => ({
    number: start_ms,
    segment: 0,
    start_ms,
    end_ms: start_ms + 10,
    text: '',
    words: [],
    speaker,
    edited: false,
  });
  const transcript = {
    passages: [passage(0, 0), passage(10, 0), passage(50, 1), passage(60, null), passage(70, 1)],
    gaps: [{ start_ms: 20, end_ms: 50, reason: 'not_recorded' }],
    suppressed: [{ start_ms: 5, end_ms: 6, text: 'x', reason: 'silence' }],
  } as unknown as Transcript;

  it('have gaps where they are, and left-out texts on demand', () => {
    expect(rowsOf(transcript, false).map(({ kind }) => kind)).toEqual([
      ...['passage', 'passage', 'gap', 'passage', 'passage', 'passage'],
    ]);
    expect(rowsOf(transcript, true)[1]?.kind).toBe('left-out');
  });

  it('say where another one begins to speak', () => {
    const turns = rowsOf(transcript, false).flatMap((row) => (row.kind === 'passage' && row.turn ? [row.index] : []));
    expect(turns).toEqual([0, 2]);
  });
});

describe('live words', () => {
  const passage = (start_ms: number, certain: boolean, text = '') =>
    ({ segment: 0, start_ms, end_ms: start_ms + 10, text, words: [], speaker: null, certain }) as LivePassage;

  it('stay if they are certain, and are replaced if not', () => {
    const before = [passage(0, true, 'a'), passage(10, false, 'b')];
    expect(certainUntil(before)).toBe(10);
    const answer = { passages: [passage(10, true, 'c'), passage(20, false, 'd')] } as Live;
    expect(grown(before, answer, 10).map(({ text }) => text)).toEqual(['a', 'c', 'd']);
  });

  it('that have grown since take the place of what they were', () => {
    const heard = (segment: number, start_ms: number, end_ms: number, text: string) =>
      ({ ...passage(start_ms, true, text), segment, end_ms }) as LivePassage;
    const before = [
      heard(0, 0, 900, 'Good evening.'),
      heard(0, 1_000, 2_000, 'We are here to talk'),
      heard(1, 1_000, 1_900, 'Music'),
    ];
    const texts = (start_ms: number, text: string) =>
      grown(before, { passages: [heard(0, start_ms, 3_000, text)] } as Live, 2_000).map((one) => one.text);
    const whole = 'We are here to talk about the old lighthouse';
    expect(texts(1_000, whole), 'with the same start').toEqual(['Good evening.', 'Music', whole]);
    expect(texts(1_000, 'We were here to talk'), 'whatever it says now').not.toContain('We are here to talk');
    expect(texts(1_040, whole), 'with a start that moved').toEqual(['Good evening.', 'Music', whole]);
    const next = 'about the old lighthouse';
    expect(texts(2_000, next), 'not by what follows it').toContain('We are here to talk');
    expect(texts(1_900, next), 'nor by what begins before it ends').toContain('We are here to talk');
  });
});
