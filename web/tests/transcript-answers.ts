/** Answers of the server for a session that was written down: made in the test, with sound that can be played. */
import type { Page, Route } from '@playwright/test';
import type { Live, Passage, Session, Summary, Transcript } from '../src/apps/scribe/types';
import { tone } from './answers';

export const SESSION = '01890000-0000-7000-8000-0000000000aa';
const BEGUN = Date.UTC(2026, 10, 26, 9);
/** The length of the tone. */
const TONE_MS = 4000;
const SECOND_MS = 10_000;

const SAID = {
  en: [
    'Good morning everybody, today we talk about the lighthouses of the coast.',
    'The oldest lighthouse was built of wood.',
    'We decided to paint the second lighthouse white.',
    'Ada writes to the harbour until Friday.',
  ],
  ar: [
    'صباح الخير جميعًا، نتحدث اليوم عن منارات الساحل.',
    'بُنيت أقدم منارة من الخشب.',
    'قررنا أن نطلي المنارة الثانية بالأبيض.',
    'تكتب آدا إلى الميناء قبل يوم الجمعة.',
  ],
};

export class TranscriptAnswers {
  session: Session;
  transcript: Transcript;
  summary: Summary | null;
  live: Live | null = null;
  waveform = true;
  /** What was sent, by method and path. */
  sent: { what: string; body: unknown; ifMatch: string | null }[] = [];

  constructor(language: 'en' | 'ar' = 'en') {
    this.session = sessionOf(language);
    this.transcript = transcriptOf(language);
    this.summary = summaryOf(language, this.transcript);
  }

  /** Nobody told the speakers apart, and nothing else was made of it. */
  withTextOnly(): this {
    this.transcript = { ...this.transcript, speakers: [] };
    this.summary = null;
    this.waveform = false;
    return this;
  }

  /** As somebody else does, too. */
  change(number: number, change: Partial<Passage>) {
    const passages = this.transcript.passages.map((one) => (one.number === number ? { ...one, ...change } : one));
    this.transcript = { ...this.transcript, passages, revision: this.transcript.revision + 1 };
  }

  /** The summary that was asked for is there. */
  summarised(text: string) {
    const { revision = 0 } = this.transcript;
    const overview = [{ ...this.summary!.overview[0]!, text }];
    this.summary = { ...this.summary!, overview, revision };
    this.session = { ...this.session, state: 'complete' };
  }

  async serve(page: Page) {
    await page.route(new RegExp(`/api/v1/sessions/${SESSION}(/.*)?(\\?.*)?$`), (route) => this.#answer(route));
  }

  async #answer(route: Route) {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace(`/api/v1/sessions/${SESSION}`, '');
    const method = request.method();
    const ifMatch = await request.headerValue('if-match');
    const body = request.postDataJSON() as { text?: string; speaker?: number; name?: string } | null;
    if (method !== 'GET') this.sent.push({ what: `${method} ${path}`, body, ifMatch });
    const passage = /^\/transcript\/passages\/(\d+)$/.exec(path)?.[1];
    const speaker = /^\/speakers\/(\d+)$/.exec(path)?.[1];
    if (path === '') return route.fulfill({ json: this.session });
    if (path.endsWith('/audio')) return sound(route);
    if (passage !== undefined) return this.#passage(route, Number(passage), ifMatch, body);
    if (speaker !== undefined) {
      const named = (this.transcript.speakers ?? []).map((one) =>
        one.number === Number(speaker) ? { ...one, name: body?.name || null } : one,
      );
      this.transcript = { ...this.transcript, speakers: named };
      return route.fulfill({ json: named.find(({ number }) => number === Number(speaker)) });
    }
    if (method === 'POST' && path === '/summary') {
      this.session = { ...this.session, state: 'finishing' };
      return route.fulfill({ status: 202, json: this.session });
    }
    if (path === '/transcript') return route.fulfill({ json: this.transcript });
    if (path === '/summary' && this.summary) return route.fulfill({ json: this.summary });
    if (path === '/live' && this.live) return route.fulfill({ json: this.live });
    if (path === '/waveform' && this.waveform) return route.fulfill({ json: waveformOf(this.transcript) });
    return route.fulfill({ status: 404, contentType: 'application/problem+json', json: { code: 'not_found' } });
  }

  #passage(route: Route, number: number, ifMatch: string | null, body: Partial<Passage> | null) {
    const revision = this.transcript.revision ?? 0;
    if (ifMatch !== null && ifMatch !== `"${revision}"`) {
      const json = { code: 'transcript_changed', title: 'Changed' };
      return route.fulfill({ status: 412, contentType: 'application/problem+json', json });
    }
    if (route.request().method() === 'DELETE') this.change(number, { text: SAID.en[number]!, edited: false });
    else this.change(number, { ...body, edited: true });
    const json = this.transcript.passages.find((one) => one.number === number);
    return route.fulfill({ json, headers: { etag: `"${revision + 1}"` } });
  }
}

/** With ranges, as the server serves it: without them a browser cannot seek. */
function sound(route: Route) {
  const bytes = tone();
  const range = /bytes=(\d+)-(\d*)/.exec(route.request().headers()['range'] ?? '');
  if (!range) return route.fulfill({ contentType: 'audio/wav', body: bytes, headers: { 'accept-ranges': 'bytes' } });
  const [from, to] = [Number(range[1]), range[2] ? Number(range[2]) : bytes.length - 1];
  const headers = { 'accept-ranges': 'bytes', 'content-range': `bytes ${from}-${to}/${bytes.length}` };
  return route.fulfill({ status: 206, contentType: 'audio/wav', headers, body: bytes.subarray(from, to + 1) });
}

function sessionOf(language: 'en' | 'ar'): Session {
  const segment = (number: number, at: number) => ({
    number,
    key: `key${number}`,
    source: 'microphone',
    media_type: 'audio/wav',
    started_at: BEGUN + at,
    length_ms: TONE_MS,
    until_ms: TONE_MS,
    chunks: 1,
    stored: 1,
    beyond: 1,
    clock_jumps: 0,
  });
  return {
    id: SESSION,
    title: language === 'ar' ? 'اجتماع المنارات' : 'Lighthouse meeting',
    language,
    consent: language === 'ar' ? 'تُسجَّل هذه المحادثة.' : 'This conversation is being recorded.',
    state: 'complete',
    transcribe: true,
    has_transcript: true,
    gaps_accepted: false,
    created_at: BEGUN,
    active_at: BEGUN,
    updated_at: BEGUN,
    ended_at: BEGUN + SECOND_MS + TONE_MS,
    job_id: null,
    bytes: 128_000,
    length_ms: 2 * TONE_MS,
    segments: [segment(0, 0), segment(1, SECOND_MS)],
    kept: { tier: 'hot', since: BEGUN, held: false, moves: [] },
  };
}

const STARTS = [200, 2200, SECOND_MS + 200, SECOND_MS + 2200];

/** The words of a text, evenly over a time. */
export function passageOf(number: number, text: string, start_ms: number, length_ms: number): Passage {
  const spelled = text.split(' ');
  const each = length_ms / spelled.length;
  const words = spelled.map((word, n) => ({
    text: word,
    start_ms: Math.round(start_ms + n * each),
    end_ms: Math.round(start_ms + (n + 1) * each),
    confidence: 0.9,
  }));
  const end_ms = start_ms + length_ms;
  return { number, segment: 0, start_ms, end_ms, text, words, speaker: number % 2, edited: false };
}

function transcriptOf(language: 'en' | 'ar'): Transcript {
  return {
    language,
    made_by: ['local whisper base'],
    revision: 0,
    edits_dropped: 0,
    told_apart: 'yes',
    speakers: [
      { number: 0, name: language === 'ar' ? 'آدا' : 'Ada', voice_id: 'voice-a' },
      { number: 1, name: null, voice_id: null },
    ],
    passages: SAID[language].map((text, n) => passageOf(n, text, STARTS[n]!, 1700)),
    suppressed: [{ start_ms: 3950, end_ms: 4000, text: language === 'ar' ? 'شكرًا' : 'Thanks', reason: 'phantom' }],
    gaps: [{ start_ms: TONE_MS, end_ms: SECOND_MS, reason: 'not_recorded', estimated: false }],
    length_ms: SECOND_MS + TONE_MS,
  };
}

function summaryOf(language: string, { passages }: Transcript): Summary {
  const quote = (n: number) => ({
    text: passages[n]!.text,
    start_ms: passages[n]!.start_ms,
    passage: n,
    passages: [n],
    speaker: passages[n]!.speaker ?? null,
  });
  return {
    kind: 'extract',
    revision: 0,
    made_by: 'local e5',
    language,
    overview: [quote(0)],
    decisions: [quote(2)],
    actions: [quote(3)],
    moments: [
      { passages: [0], start_ms: SECOND_MS, title: language === 'ar' ? 'المنارة الثانية' : 'The second lighthouse' },
    ],
    key_terms: language === 'ar' ? ['منارة', 'ساحل'] : ['lighthouse', 'coast'],
    participants: [
      { speaker: 0, name: null, share: 0.6 },
      { speaker: 1, name: null, share: 0.4 },
    ],
  };
}

function waveformOf({ gaps, length_ms }: Transcript) {
  const points = Array.from({ length: 1200 }, (_, n) => {
    const ms = (n / 1200) * length_ms;
    if (gaps.some(({ start_ms, end_ms }) => start_ms <= ms && ms < end_ms)) return 0;
    return Math.round(90 + 80 * Math.sin(n / 7) * Math.sin(n / 31) + 60 * Math.abs(Math.sin(n / 3)));
  });
  return { points, length_ms };
}

/** An hour of speech: 750 passages of 12 words. */
export function anHour(): Transcript {
  const words = 'lighthouse keepers counted the ships that passed before the harbour was built'.split(' ');
  const passages = Array.from({ length: 750 }, (_, n) => {
    const text = words.map((__, at) => words[(at * 5 + n * 7) % words.length]!).join(' ');
    return passageOf(n, `${text.charAt(0).toUpperCase()}${text.slice(1)}.`, n * 4800, 4500);
  });
  return { ...transcriptOf('en'), passages, gaps: [], suppressed: [], length_ms: 3_600_000 };
}
