/** What the states of models and of their jobs mean to a person. Pure. */
import type { ModelSet } from './api';

const ENDED = ['succeeded', 'dead', 'cancelled', 'expired'];

/** Whether a job does something with the set. */
export const isUnderWay = (set: ModelSet): boolean => set.job != null && !ENDED.includes(set.job.state);

/** Whether the last job could not do what it should. */
export const hasFailed = (set: ModelSet): boolean => set.job?.state === 'dead' || set.job?.state === 'expired';

/** The two languages of a set that translates, such as `translate-en-de`. */
export function languagesOf(name: string): { from: string; to: string } | undefined {
  const [, from, to] = /^translate-([a-z]{2,3})-([a-z]{2,3})$/.exec(name) ?? [];
  return from && to ? { from, to } : undefined;
}

/** Whether something can be removed: there are files of its own, or parts of them. */
export const isRemovable = (set: ModelSet): boolean => set.has_own_files && set.state !== 'missing';
