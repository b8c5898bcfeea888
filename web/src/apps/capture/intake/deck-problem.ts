/** Why a deck that is to be avoided was refused. Pure. */
import type { Problem } from '../../../lib/api/problem';

export type DeckReason = 'empty' | 'not_a_deck' | 'newer_form' | 'damaged' | 'too_large';

/** How the server's sentences begin: all these reasons have one code. */
const BEGINNINGS: [string, DeckReason][] = [
  ['the file is empty', 'empty'],
  ['the file is no deck', 'not_a_deck'],
  ['the package has a newer form', 'newer_form'],
  ['the deck is damaged', 'damaged'],
  ['the deck is too large', 'too_large'],
];

/** Null for what is no problem of a deck, or has a reason that is not known here. */
export function deckReason({ code, detail }: Pick<Problem, 'code' | 'detail'>): DeckReason | null {
  if (code === 'document_too_large') return 'too_large';
  if (code !== 'deck_unreadable' || detail === null) return null;
  const said = detail.toLowerCase();
  return BEGINNINGS.find(([beginning]) => said.startsWith(beginning))?.[1] ?? null;
}
