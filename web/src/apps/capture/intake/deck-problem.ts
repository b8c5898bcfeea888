/** Why a deck that is to be avoided was refused. Pure. */
import type { Problem } from '../../../lib/api/problem';

/** As the server names them. */
const REASONS = ['empty', 'not_a_deck', 'newer_form', 'damaged', 'too_large', 'too_slow'] as const;

export type DeckReason = (typeof REASONS)[number];

/** Null for what is no problem of a deck, or has a reason that is not known here. */
export function deckReason({ code, members }: Pick<Problem, 'code' | 'members'>): DeckReason | null {
  if (code === 'document_too_large') return 'too_large';
  if (code !== 'deck_unreadable') return null;
  return REASONS.find((reason) => reason === members['reason']) ?? null;
}
