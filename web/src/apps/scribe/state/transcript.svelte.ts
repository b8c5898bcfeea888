/** The transcript of the session whose page is shown, with what is made of it. A part that the server does not have stays null. */
import type { Outcome, Problem } from '../../../lib/api/problem';
import { scribeApi, type Edited } from '../api';
import type { Passage, PassageChange, Summary, Transcript, Waveform } from '../types';

/** As fine as a wide screen can show. */
const POINTS = 1200;

class TranscriptOf {
  value = $state.raw<Transcript | null>(null);
  summary = $state.raw<Summary | null>(null);
  waveform = $state.raw<Waveform | null>(null);
  problem = $state.raw<Problem | null>(null);

  #session: string | null = null;
  #asked = 0;
  /** The latest request, until it is answered. */
  #loading: Promise<void> | null = null;
  /** As the server has it. */
  #stored: Transcript | null = null;
  /** What is on its way to the server, and shown as if it were there. */
  readonly #edits = new Map<number, Passage>();
  readonly #names = new Map<number, { name: string | null }>();

  async open(session: string, withText: boolean) {
    if (this.#session !== session) this.close();
    this.#session = session;
    const [waveform] = await Promise.all([scribeApi.waveform(session, POINTS), withText ? this.load() : null]);
    if (this.#session === session && waveform.ok) this.waveform = waveform.value;
  }

  close() {
    this.#session = null;
    this.#loading = null;
    this.#stored = null;
    this.#edits.clear();
    this.#names.clear();
    this.value = null;
    this.summary = null;
    this.waveform = null;
    this.problem = null;
  }

  /** Resolves once what is shown is at least as new as this call. */
  load(): Promise<void> {
    const session = this.#session;
    if (session === null) return Promise.resolve();
    return (this.#loading = this.#load(session, (this.#asked += 1)));
  }

  async #load(session: string, asked: number): Promise<void> {
    const [transcript, summary] = await Promise.all([scribeApi.transcript(session), scribeApi.summary(session)]);
    if (this.#session !== session) return;
    // It was asked for once more since, or changed.
    if (asked !== this.#asked) return this.#loading ?? undefined;
    this.#loading = null;
    if (transcript.ok) this.#stored = transcript.value;
    this.#show();
    this.problem = transcript.ok || this.value ? null : transcript.problem;
    if (summary.ok) this.summary = summary.value;
  }

  /**
   * Shown at once; taken back if the server refuses it. `revision` is that of the transcript in which the person saw the passage like
   * that; without one it is written over whatever it says now.
   */
  async edit(passage: Passage, change: PassageChange, revision?: number): Promise<Problem | null> {
    const [session, { number }] = [this.#session, passage];
    if (session === null) return null;
    const edited = { ...passage, ...change, edited: true };
    this.#edits.set(number, edited);
    this.#show();
    const asSeen = () => {
      const now = this.#stored?.passages.find((one) => one.number === number);
      return now?.text === passage.text && now.speaker === passage.speaker;
    };
    for (let of = revision; ;) {
      const outcome = await scribeApi.edit(session, number, change, of);
      const isOld = !outcome.ok && outcome.problem.status === 412 && this.#session === session;
      if (isOld) await this.load();
      const now = this.#stored?.revision;
      // The transcript was changed elsewhere, but not this passage.
      if (isOld && asSeen() && now !== of) of = now;
      else {
        if (this.#edits.get(number) === edited) this.#edits.delete(number);
        return this.#settle(session, outcome);
      }
    }
  }

  /** To what was heard. */
  async restore(passage: Passage): Promise<Problem | null> {
    const [session, { number }] = [this.#session, passage];
    if (session === null) return null;
    const outcome = await scribeApi.restore(session, number);
    // It was heard again meanwhile.
    if (!outcome.ok && outcome.problem.status === 412) await this.load();
    return this.#settle(session, outcome);
  }

  async nameSpeaker(speaker: number, name: string): Promise<Problem | null> {
    const session = this.#session;
    if (session === null || !this.value) return null;
    const named = { name: name || null };
    this.#names.set(speaker, named);
    this.#show();
    const outcome = await scribeApi.nameSpeaker(session, speaker, name);
    if (outcome.ok && this.#session === session && this.#stored) {
      const speakers = this.#stored.speakers.map((one) => (one.number === speaker ? { ...one, ...named } : one));
      this.#stored = { ...this.#stored, speakers };
      // The same voice may be known by that name elsewhere, so that two speakers become one.
      await this.load();
    }
    if (this.#names.get(speaker) === named) this.#names.delete(speaker);
    this.#show();
    return outcome.ok ? null : outcome.problem;
  }

  passage(number: number): Passage | undefined {
    return this.value?.passages.find((one) => one.number === number);
  }

  #settle(session: string, outcome: Outcome<Edited>): Problem | null {
    if (this.#session === session) {
      if (outcome.ok) this.#store(outcome.value);
      this.#show();
    }
    return outcome.ok ? null : outcome.problem;
  }

  #store({ revision, ...passage }: Edited) {
    if (!this.#stored) return;
    const now = this.#stored.revision;
    // An answer that was overtaken, and a transcript that was asked for before, are not how it is now.
    if (this.#loading || (revision !== undefined && revision < now)) void this.load();
    if (revision !== undefined && revision < now) return;
    const passages = this.#stored.passages.map((one) => (one.number === passage.number ? passage : one));
    this.#stored = { ...this.#stored, passages, revision: revision ?? now };
  }

  /** What is stored, with what is on its way. */
  #show() {
    if (!this.#stored) return;
    const { passages, speakers } = this.#stored;
    this.value = {
      ...this.#stored,
      passages: passages.map((one) => this.#edits.get(one.number) ?? one),
      speakers: speakers.map((one) => ({ ...one, ...this.#names.get(one.number) })),
    };
  }
}

export const transcript = new TranscriptOf();
