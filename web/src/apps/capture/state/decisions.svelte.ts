/** What a person has decided, latest last, so that it can be undone: by Z, and by the message that tells of it. */
import type { Outcome } from '../../../lib/api/problem';
import { captureApi } from '../api';
import type { Acted } from '../types';

export interface Decision {
  /** What undoes it, once the server has answered; null if it was refused. */
  undo: Promise<string | null>;
  /** Takes it back if it was not sent yet. */
  cancel?: () => boolean;
}

const MOST = 200;

class Decisions {
  #stack = $state.raw<Decision[]>([]);
  readonly some = $derived(this.#stack.length > 0);

  add(decision: Decision) {
    this.#stack = [...this.#stack, decision].slice(-MOST);
  }

  /** Undoes the latest one, or the one that is given; null if there is nothing to undo. */
  async undo(wanted?: Decision): Promise<Outcome<Acted> | null> {
    const decision = wanted ?? this.#stack.at(-1);
    if (!decision || !this.#stack.includes(decision)) return null;
    this.#stack = this.#stack.filter((one) => one !== decision);
    if (decision.cancel?.()) return { ok: true, value: { undo: null, changed: [], count: 1, left: 0, skipped: [] } };
    const undo = await decision.undo;
    if (undo === null) return null;
    const outcome = await captureApi.undo(undo);
    // What could not come back yet is undone once everything else was: its phrase has to be changed first.
    const later = outcome.ok ? outcome.value.undo : outcome.problem.code === 'same_phrase' ? undo : null;
    if (later) this.#stack = [{ undo: Promise.resolve(later) }, ...this.#stack].slice(-MOST);
    return outcome;
  }
}

export const decisions = new Decisions();
