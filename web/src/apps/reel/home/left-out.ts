/** What was left out of a document, grouped by reason for the panel that shows it. Pure. */
import type { LeftOut } from '../../../lib/api/types';

/** Every reason that the page has words for, in the order in which they are told. */
export const REASONS = [
  'hidden',
  'unreadable',
  'unexamined',
  'scanned',
  'references',
  'table',
  'drawing',
  'furniture',
  'earlier_build',
  'watermark',
  'line_numbers',
  'running',
] as const;

export type Reason = (typeof REASONS)[number] | 'other';

/** What somebody who knows the document would miss; the rest is the usual furniture of pages. */
const TOLD_FIRST: readonly Reason[] = ['hidden', 'unreadable', 'unexamined', 'scanned'];
const SAMPLES = 3;

export interface Group {
  reason: Reason;
  /** In order, each once. */
  pages: number[];
  /** How often it was found. */
  count: number;
  /** The first few beginnings of it, each once. */
  samples: string[];
}

export interface LeftOutGroups {
  first: Group[];
  folded: Group[];
}

/** One group per reason; a reason of a newer server is `other`. */
export function groupLeftOut(leftOut: readonly LeftOut[]): LeftOutGroups {
  const groups = new Map<Reason, Group>();
  for (const { page, reason, sample } of leftOut) {
    const known = REASONS.find((one) => one === reason) ?? 'other';
    const group = groups.get(known) ?? { reason: known, pages: [], count: 0, samples: [] };
    groups.set(known, group);
    group.count += 1;
    if (!group.pages.includes(page)) group.pages.push(page);
    const text = sample.trim();
    if (text && group.samples.length < SAMPLES && !group.samples.includes(text)) group.samples.push(text);
  }
  const ordered = [...REASONS, 'other' as const].flatMap((reason) => groups.get(reason) ?? []);
  for (const group of ordered) group.pages.sort((a, b) => a - b);
  return {
    first: ordered.filter(({ reason }) => TOLD_FIRST.includes(reason)),
    folded: ordered.filter(({ reason }) => !TOLD_FIRST.includes(reason)),
  };
}
