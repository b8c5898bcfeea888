/** The other card of the same phrase, for which something was refused. Pure. */
import type { Problem } from '../../lib/api/problem';
import { phrasePath } from './paths';

/** The address of the other card; null for every other problem. */
export function otherCard({ code, members }: Pick<Problem, 'code' | 'members'>): string | null {
  const id = members['phrase'];
  return code === 'same_phrase' && typeof id === 'string' ? phrasePath(id) : null;
}
