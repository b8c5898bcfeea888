/** Who held fields to be right in a second check. */
import type { Field } from '../types';

export interface Checker {
  name: string;
  /** It made them, too. */
  same: boolean;
}

/** The checkers of these fields, each once. */
export function checkers(fields: (Field | null)[]): Checker[] {
  const found = new Map<string, Checker>();
  for (const field of fields) {
    if (!field?.checked_by) continue;
    const { name } = field.checked_by;
    const same = name === field.source?.name;
    found.set(`${name} ${same}`, { name, same });
  }
  return [...found.values()];
}
