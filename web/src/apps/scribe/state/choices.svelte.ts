/** How a person records: kept on this device. */
import { keep, readKept } from '../../../lib/state/kept';
import type { Source } from '../outbox/kept';

export const SOURCES = ['microphone', 'tab', 'both'] as const;
export type Choice = (typeof SOURCES)[number];

interface Kept {
  source?: Choice;
  filter?: boolean;
  transcribe?: boolean;
  language?: string | null;
  consent?: string | null;
}

const NAME = 'scribe.choices';
const kept = readKept<Kept>(NAME, {}) ?? {};

class Choices {
  source = $state<Choice>(SOURCES.find((one) => one === kept.source) ?? 'microphone');
  filter = $state(kept.filter === true);
  transcribe = $state(kept.transcribe !== false);
  /** The code of what is spoken; null to have it found out. */
  language = $state<string | null>(kept.language ?? null);
  /** Null for the note that the page has. */
  consent = $state<string | null>(kept.consent ?? null);
  readonly sources: Source[] = $derived(this.source === 'both' ? ['microphone', 'tab'] : [this.source]);

  choose(source: Choice) {
    this.source = source;
  }

  keep() {
    const { source, filter, transcribe, language, consent } = this;
    keep(NAME, { source, filter, transcribe, language, consent } satisfies Kept);
  }
}

export const choices = new Choices();
