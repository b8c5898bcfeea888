/** The cards as one thing, for the start page: how many are ready, and how many wait for a person. */
import type { Work } from '../../lib/app';
import { CARDS, REVIEW } from './paths';
import type { Counts, Phrase } from './types';

export interface DeckWords {
  ready: (count: number) => string;
  waiting: (count: number) => string;
  app: () => string;
}

/** Nothing while there is no card that was made. `latest` has the newest phrases. */
export function deckOf(latest: Phrase[], counts: Counts, words: DeckWords): Work<Phrase>[] {
  const ready = (counts.approved ?? 0) + (counts.exported ?? 0);
  const waiting = counts.pending_review ?? 0;
  const made = latest.filter(({ status }) => status !== 'processing' && status !== 'failed');
  const [newest] = made;
  if (!newest || ready + waiting === 0) return [];
  const parts = [ready > 0 ? words.ready(ready) : '', waiting > 0 ? words.waiting(waiting) : ''];
  return [
    {
      jobId: 'capture.deck',
      subject: 'capture.deck',
      title: parts.filter((part) => part !== '').join(' · '),
      href: waiting > 0 ? REVIEW : CARDS,
      state: 'done',
      percent: 100,
      waiting: null,
      createdAt: Math.min(...made.map((phrase) => phrase.created_at)),
      updatedAt: Math.max(...made.map((phrase) => phrase.updated_at)),
      note: words.app(),
      picture: made.find(({ picture }) => picture !== null)?.picture?.href ?? null,
      seconds: null,
      collection: true,
      data: newest,
    },
  ];
}
