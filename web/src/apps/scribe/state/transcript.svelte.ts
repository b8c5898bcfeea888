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

  async open(session: string, withText: boolean) {
    if (this.#session !== session) this.close();
    this.#session = session;
    const [waveform] = await Promise.all([scribeApi.waveform(session, POINTS), withText ? this.load() : null]);
    if (this.#session === session && waveform.ok) this.waveform = waveform.value;
  }

  close() {
    this.#session = null;
    this.value = null;
    this.summary = null;
    this.waveform = null;
    this.problem = null;
  }

  async load() {
    const session = this.#session;
    if (session === null) return;
    const asked = (this.#asked += 1);
    const [transcript, summary] = await Promise.all([scribeApi.transcript(session), scribeApi.summary(session)]);
    if (asked !== this.#asked || this.#session !== session) return;
    if (transcript.ok) this.value = transcript.value;
    this.problem = transcript.ok || this.value ? null : transcript.problem;
    if (summary.ok) this.summary = summary.value;
  }

  /** Shown at once; taken back if the server refuses it. `force` is for a person who has seen what it says now. */
  async edit(passage: Passage, change: PassageChange, force = false): Promise<Problem | null> {
    const [session, { number }, revision] = [this.#session, passage, this.value?.revision];
    if (session === null) return null;
    this.#put({ ...passage, ...change, edited: true });
    let outcome = await scribeApi.edit(session, number, change, force ? undefined : revision);
    if (!outcome.ok && outcome.problem.status === 412 && this.#session === session) {
      await this.load();
      const now = this.passage(number);
      // The transcript was changed elsewhere, but not this passage.
      const same = now?.text === passage.text && now.speaker === passage.speaker;
      if (same) outcome = await scribeApi.edit(session, number, change, this.value?.revision);
    }
    return this.#settle(session, passage, outcome);
  }

  /** To what was heard. */
  async restore(passage: Passage): Promise<Problem | null> {
    const [session, { number }] = [this.#session, passage];
    if (session === null) return null;
    return this.#settle(session, passage, await scribeApi.restore(session, number));
  }

  async nameSpeaker(speaker: number, name: string): Promise<Problem | null> {
    const [session, before] = [this.#session, this.value?.speakers];
    if (session === null || !this.value || !before) return null;
    const named = before.map((one) => (one.number === speaker ? { ...one, name: name || null } : one));
    this.value = { ...this.value, speakers: named };
    const outcome = await scribeApi.nameSpeaker(session, speaker, name);
    if (this.#session !== session) return null;
    if (!outcome.ok) this.value = { ...this.value, speakers: before };
    // The same voice may be known by that name elsewhere, so that two speakers become one.
    else await this.load();
    return outcome.ok ? null : outcome.problem;
  }

  passage(number: number): Passage | undefined {
    return this.value?.passages.find((one) => one.number === number);
  }

  async #settle(session: string, before: Passage, outcome: Outcome<Edited>): Promise<Problem | null> {
    if (this.#session !== session) return outcome.ok ? null : outcome.problem;
    if (outcome.ok) {
      const { revision, ...passage } = outcome.value;
      this.#put(passage);
      if (this.value && revision !== undefined) this.value = { ...this.value, revision };
      return null;
    }
    // After a conflict it is what it is now, loaded anew.
    if (outcome.problem.status === 412) await this.load();
    else this.#put(before);
    return outcome.problem;
  }

  #put(passage: Passage) {
    if (!this.value) return;
    const passages = this.value.passages.map((one) => (one.number === passage.number ? passage : one));
    this.value = { ...this.value, passages };
  }
}

export const transcript = new TranscriptOf();
