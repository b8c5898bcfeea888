/** What a phrase is called in lists: its text, or what it is until that is known. */
import { name } from './names';
import type { Phrase } from './types';

export function titleOf({
  text,
  picture,
  source,
  status,
}: Pick<Phrase, 'text' | 'picture' | 'source' | 'status'>): string {
  if (text.text || picture?.name) return text.text || picture!.name;
  if (status === 'failed') return name(source === 'audio' ? 'phrase.failed.audio' : 'phrase.failed.image');
  return name(source === 'audio' ? 'phrase.unheard' : 'phrase.unread');
}
