/**
 * A person records for an hour over a bad network and closes the lid twice: once over a page that goes on afterwards, once over one that is
 * never seen again. Then the transcript is read, corrected and exported, and everything that was recorded is on the server exactly once.
 *
 * Only with SLUICE_LONG=1. SLUICE_MINUTES is how long it records (60), SLUICE_SEED which bad network it has.
 */
import type { BrowserContext, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { decoded } from './counter';
import { Given } from './given';
import { closeLid } from './lid';
import { ADDRESS, elapsed, hearing, idOf, recordedMore, sent, type Session, sessionOf } from './microphone';
import { BadNetwork } from './network';
import { follow, spoken, spokenFile, WORDS } from './spoken';
import { expect, test } from './test';

const LONG = process.env['SLUICE_LONG'] === '1';
const MINUTES = Number(process.env['SLUICE_MINUTES'] ?? 60);
const SEED = Number(process.env['SLUICE_SEED'] ?? 19);
const LID_S = 60;
/** A recorder hears the file from its beginning; the first one runs for half of the time and through a closed lid. */
const FILE_S = MINUTES * 30 + LID_S + 120;
/** Between two speeches are seven seconds of counting; a sentence beside them may be missing, a whole speech may not. */
const MOST_SILENT_MS = 20_000;
/** Milliseconds of sound in which a busy browser may hear nothing itself, in each segment. */
const MOST_UNHEARD_MS = 1000;
const CORRECTION = 'Verily';

test.use({ spec: 'hour', trace: 'off', actionTimeout: 60_000, ...(LONG ? hearing(spokenFile(FILE_S)) : {}) });

test('what follows speech hears what is missing or repeated in it', () => {
  const periods = spoken(96, 8000);
  const whole = Float32Array.from({ length: 96 * 8000 }, (_, at) => periods[Math.floor(at / 256_000)]![at % 256_000]!);
  const of = (...spans: [number, number][]) =>
    follow(Float32Array.from(spans.flatMap(([from, to]) => [...whole.subarray(from * 8000, to * 8000)])));
  const all = follow(whole);
  expect(all).toMatchObject({ begins: 0, breaks: [] });
  expect(all.speeches).toHaveLength(3);
  expect(all.compared).toBeGreaterThan(60);
  expect(of([0, 60], [60.01, 96]).breaks, '10 ms are missing').toMatchObject([{ missing_ms: 10 }]);
  expect(of([0, 60], [59.5, 96]).breaks, 'half a second is there twice').toMatchObject([{ missing_ms: -500 }]);
});

interface Lid {
  /** Milliseconds of the clock. */
  from: number;
  to: number;
  /** Seconds that its recorder said were recorded. */
  at: number;
}

test('an hour over a bad network with two closed lids is written down whole', async ({
  studio,
  page,
  server,
  context,
  browser,
}) => {
  test.skip(!LONG, 'it takes as long as it records: SLUICE_LONG=1');
  test.setTimeout((MINUTES * 3 + 40) * 60_000);
  saysItsErrors(context);
  const given = await Given.watch(context);
  const network = new BadNetwork(context, SEED);
  const watched = { given, network, url: server.url };
  const quarter = MINUTES * 15;

  await studio.open('/scribe');
  await page.getByTestId('title').fill('An hour on a train');
  await page.getByTestId('record').click();
  await expect(page.getByTestId('live')).toHaveAttribute('data-stage', 'recording');
  await expect(page, 'the server knows it').toHaveURL(ADDRESS);
  await network.begin();
  await recordFor(page, quarter, watched);

  await network.settle();
  await notesStandstills(page);
  const slept: Lid = { from: Date.now(), to: 0, at: await elapsed(page) };
  const open = await closeLid(browser);
  try {
    console.log(`the lid is closed over the page for ${LID_S} s`);
    await sleep(LID_S * 1000);
  } finally {
    open();
  }
  slept.to = Date.now();
  await expect(page.getByTestId('live'), 'it goes on by itself').toHaveAttribute('data-stage', 'recording');
  await recordedMore(page, 3);
  expect(await longestStandstill(page), 'the page stood still').toBeGreaterThan(LID_S * 900);
  network.worsen();
  await recordFor(page, quarter, watched);

  await network.settle();
  const address = page.url();
  const killed: Lid = { from: Date.now(), to: 0, at: await elapsed(page) };
  await page.close();
  console.log(`the page is gone for ${LID_S} s`);
  await sleep(LID_S * 1000);
  const last = await context.newPage();
  await last.goto(address);
  await last.getByTestId('go-on').click();
  await expect(last.getByTestId('live')).toHaveAttribute('data-stage', 'recording');
  killed.to = Date.now();
  network.worsen();
  await recordFor(last, 2 * quarter, watched);

  // The network stays slow and unreliable until the last chunk is acknowledged.
  await network.settle();
  const stopped = Date.now();
  await last.getByTestId('stop-finish').click();
  await expect(last.getByTestId('live')).toBeHidden({ timeout: 60_000 });
  await expect(last.getByTestId('outbox')).toBeHidden({ timeout: 600_000 });
  await sent(last);
  console.log(`everything is sent ${Math.round((Date.now() - stopped) / 1000)} s after the end; ${network.toString()}`);
  const complete = { timeout: (MINUTES + 15) * 60_000 };
  await expect(last.getByTestId('session')).toHaveAttribute('data-state', 'complete', complete);
  console.log(`it is written down ${Math.round((Date.now() - stopped) / 1000)} s after the end`);
  await network.end();

  const session = await sessionOf(last, server.url);
  const speeches = await exactlyOnce(last, server.url, session, given, slept);
  await writtenDown(last, server.url, session, speeches, [slept, killed]);
  await corrected(last);
  await exported(last);
});

/** What goes wrong in a page is in the log of the test: an hour is long to run it again for a reason. */
function saysItsErrors(context: BrowserContext) {
  context.on('weberror', (error) => console.log(error.error().stack ?? error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      console.log(message.text());
  });
}

interface Watched {
  given: Given;
  network: BadNetwork;
  url: string;
}

/** Records for so many more seconds, and says every minute how it goes. */
async function recordFor(page: Page, seconds: number, watched: Watched) {
  const until = (await elapsed(page)) + seconds;
  const latest = Date.now() + (seconds * 1.5 + 120) * 1000;
  let report = Date.now() + 60_000;
  let now = 0;
  while (now < until) {
    await sleep(2000);
    await expect(page.getByTestId('live')).toHaveAttribute('data-stage', 'recording');
    now = await elapsed(page);
    expect(Date.now(), 'the recorder keeps up with the clock').toBeLessThan(latest);
    if (Date.now() < report) continue;
    report += 60_000;
    await sayProgress(page, now, watched);
  }
}

async function sayProgress(page: Page, seconds: number, { given, network, url }: Watched) {
  const outbox = page.getByTestId('outbox');
  const waiting = (await outbox.isVisible()) ? await outbox.getAttribute('data-left').catch(() => '0') : '0';
  const session = await sessionOf(page, url).catch(() => null);
  const stored = session?.segments.reduce((sum, segment) => sum + segment.stored, 0) ?? 'unknown';
  const captured = `${seconds} s by this recorder, ${given.count} slices captured`;
  console.log(`${captured}; ${stored} chunks acknowledged; ${waiting} slices waiting; ${network.toString()}`);
}

interface Screen {
  longestStandstill: number;
}

/** The page notes for how long nothing of it ran. */
function notesStandstills(page: Page) {
  return page.evaluate(() => {
    const screen = globalThis as unknown as Screen;
    let last = Date.now();
    screen.longestStandstill = 0;
    setInterval(() => {
      screen.longestStandstill = Math.max(screen.longestStandstill, Date.now() - last);
      last = Date.now();
    }, 100);
  });
}

function longestStandstill(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as Screen).longestStandstill);
}

/**
 * Every byte that the browser gave its recorders is on the server once, and its sound counts on from block to block but for the lid. Returns
 * how many speeches were recorded from their beginning to their end.
 */
async function exactlyOnce(page: Page, url: string, session: Session, given: Given, slept: Lid): Promise<number> {
  expect(session.segments, 'the closed lid ends no segment, the closed page does').toHaveLength(2);
  expect(given.recorders).toBe(2);
  let speeches = 0;
  for (const { number, chunks, stored } of session.segments) {
    expect(stored, 'each chunk is there').toBe(chunks);
    const answer = await page.request.get(`${url}/api/v1/sessions/${session.id}/segments/${number}/audio`);
    expect(answer.status()).toBe(200);
    const bytes = await answer.body();
    expect(given.wrongIn(number, bytes, number === 0), `segment ${number}: every byte once`).toEqual([]);

    const heard = follow(decoded(bytes));
    const length = `${Math.round(heard.seconds)} s, ${Math.round(heard.compared)} s of speech compared`;
    console.log(`segment ${number}: ${bytes.length} bytes, ${length}, breaks ${JSON.stringify(heard.breaks)}`);
    expect(heard.begins, 'it begins where the microphone does').toBeLessThan(1);
    const byLid = ({ second }: { second: number }) => number === 0 && Math.abs(second - slept.at) < 10;
    const others = heard.breaks.filter((one) => !byLid(one));
    // What is missing here although every byte is there was never given to the recorder.
    expect(others.filter(({ missing_ms, until }) => until === null || missing_ms < 0)).toEqual([]);
    expect(others.reduce((sum, { missing_ms }) => sum + missing_ms, 0)).toBeLessThan(MOST_UNHEARD_MS);
    speeches += heard.speeches.length;
  }
  return speeches;
}

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);

interface Written {
  length_ms: number;
  passages: { start_ms: number; end_ms: number; text: string }[];
  gaps: { start_ms: number; end_ms: number; reason: string }[];
}

/** The transcript goes from the beginning to the end, and is silent only while a lid was closed. */
async function writtenDown(page: Page, url: string, session: Session, speeches: number, lids: Lid[]) {
  const answer = await page.request.get(`${url}/api/v1/sessions/${session.id}/transcript`);
  const { passages, gaps, length_ms } = (await answer.json()) as Written;
  const words = passages.reduce((sum, { text }) => sum + wordsOf(text).length, 0);
  const wanted = speeches * WORDS;
  console.log(
    `${passages.length} passages, ${words} words of ${wanted} in whole speeches; gaps ${JSON.stringify(gaps)}`,
  );
  expect(words).toBeGreaterThan(wanted * 0.7);
  // Between the speeches something counts, and nobody need write that down.
  const missing = gaps.filter(({ reason }) => reason !== 'not_written');
  expect(missing.every(({ reason }) => reason === 'not_recorded')).toBe(true);

  const begun = session.segments[0]!.started_at;
  // The sound of a segment has no time for a closed lid: what comes after it may be earlier by as much.
  const closed = lids.map(({ from, to }) => ({
    from: from - begun - LID_S * 1000 - MOST_SILENT_MS,
    to: to - begun + MOST_SILENT_MS,
  }));
  let silent = 0;
  const holes: { from: number; to: number }[] = [];
  for (const { start_ms, end_ms } of [...passages, { start_ms: length_ms, end_ms: length_ms }]) {
    if (start_ms - silent > MOST_SILENT_MS) holes.push({ from: silent, to: start_ms });
    silent = Math.max(silent, end_ms);
  }
  const unexplained = holes.filter((hole) => !closed.some(({ from, to }) => hole.from >= from && hole.to <= to));
  expect(unexplained, 'no hole but where nothing was recorded').toEqual([]);

  await expect(page.getByTestId('passage'), 'the page shows all of it').toHaveCount(passages.length);
}

/** The first word is another one, in the page and after a reload. */
async function corrected(page: Page) {
  const text = page.locator('[data-index="0"] .text');
  await text.hover();
  await page.getByTestId('edit').click();
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill((await field.inputValue()).replace(/^\S+/, CORRECTION));
  await field.press('Control+Enter');
  await expect(page.getByTestId('passage').first()).toContainText('Corrected');
  await page.reload();
  await expect(text).toContainText(CORRECTION);
}

/** It is saved as files by the page's menu, complete and with the correction. */
async function exported(page: Page) {
  const said = (await page.getByTestId('passage').locator('.text').allInnerTexts()).flatMap(wordsOf);
  const save = async (format: string) => {
    await page.getByTestId('exports').click();
    const download = page.waitForEvent('download');
    await page.getByTestId(`export-${format}`).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${format}$`));
    return readFileSync(await file.path());
  };
  for (const format of ['txt', 'srt']) {
    const text = (await save(format)).toString();
    expect(text).toContain(CORRECTION);
    const words = wordsOf(text);
    expect(words.length, 'all of it').toBeGreaterThanOrEqual(said.length);
    expect(words, 'up to its end').toContain(said.at(-1));
  }
  const docx = await save('docx');
  expect(docx.subarray(0, 2).toString(), 'a ZIP').toBe('PK');
  expect(docx.length).toBeGreaterThan(1000);
  console.log(`exported for session ${idOf(page)}`);
}
