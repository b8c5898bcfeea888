/** The order of the review queue. Pure. */
import type { Phrase } from '../types';

const doubts = ({ doubts }: Phrase) => doubts.length;

/** Puts a phrase where its doubts belong, but never before the one that is looked at. */
export function placed(items: Phrase[], phrase: Phrase, current: string | null): Phrase[] {
  const others = items.filter(({ id }) => id !== phrase.id);
  const from = others.findIndex(({ id }) => id === current) + 1;
  const at = others.findIndex((one, place) => place >= from && doubts(one) < doubts(phrase));
  return at < 0 ? [...others, phrase] : others.toSpliced(at, 0, phrase);
}

/**
 * What the server lists now, in the order of before: nobody's queue is shuffled while they look at it. `complete` says that it lists
 * all that there is, so that what is missing is gone.
 */
export function merged(items: Phrase[], fresh: Phrase[], complete: boolean, current: string | null): Phrase[] {
  const now = new Map(fresh.map((phrase) => [phrase.id, phrase]));
  const kept = items.filter(({ id }) => !complete || now.has(id)).map((one) => now.get(one.id) ?? one);
  const known = new Set(kept.map(({ id }) => id));
  const added = fresh.filter(({ id }) => !known.has(id));
  if (kept.length === 0) return added;
  return added.reduce((all, phrase) => placed(all, phrase, current), kept);
}

/** The one to look at once `id` has left: the next one, or else the one before. */
export function after(items: Phrase[], id: string): string | null {
  return following(
    items,
    id,
    items.filter((one) => one.id !== id),
  );
}

/** The one to look at once only `left` are left: `id` itself, or else the next one, or else the one before. */
export function following(items: Phrase[], id: string, left: Phrase[]): string | null {
  const ids = new Set(left.map((one) => one.id));
  const at = items.findIndex((one) => one.id === id);
  const next = items.slice(Math.max(0, at)).find((one) => ids.has(one.id));
  return (next ?? items.slice(0, Math.max(0, at)).findLast((one) => ids.has(one.id)))?.id ?? null;
}

/** Whether a card can be approved: it waits for that, and nothing of it but its sound is being made. */
export function approvable({ status, work }: Phrase): boolean {
  return status === 'pending_review' && (work === null || work.what === 'voice');
}

/** Whether a person would see the same: all but the sound, and what follows from it. */
export function sameCard(a: Phrase, b: Phrase): boolean {
  const seen = ({ text, language, transliteration, translation, grammar, vocabulary }: Phrase) =>
    JSON.stringify([text, language?.code, transliteration, translation, grammar, vocabulary]);
  return seen(a) === seen(b);
}
