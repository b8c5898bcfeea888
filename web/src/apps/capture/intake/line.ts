/** The line of a list that a problem is about. Pure. */
import type { Problem } from '../../../lib/api/problem';

export interface Line {
  /** Counted from 1. */
  number: number;
  /** How it begins. */
  beginning: string;
}

/** Null for what is no problem of a line. */
export function lineOf({ members }: Pick<Problem, 'members'>): Line | null {
  const { line: number, beginning } = members;
  return typeof number === 'number' && typeof beginning === 'string' ? { number, beginning } : null;
}
