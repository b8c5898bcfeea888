/** Decisions about one or many phrases, told with the way back. */
import { toast } from 'svelte-sonner';
import type { Problem } from '../../../lib/api/problem';
import { router } from '../../../lib/router/router.svelte';
import { captureApi } from '../api';
import { phrasePath } from '../paths';
import { wordsFor } from '../problems';
import { otherCard } from '../same';
import { decisions, type Decision } from '../state/decisions.svelte';
import { t } from '../text';
import type { Acted, Action, Phrase } from '../types';

/** The most that the server takes at once. */
const AT_ONCE = 500;
/** How long the message with the way back stays. */
const SHOWN_MS = 7_000;

/** Acts on phrases; null if it was refused. `undone` is told of what came back. */
export async function act(action: Action, ids: string[], undone: (back: Phrase[]) => void): Promise<Acted | null> {
  const all: Acted = { undo: null, changed: [], count: 0, left: 0, skipped: [] };
  const made: Decision[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const outcome = await captureApi.act(action, ids.slice(from, from + AT_ONCE));
    if (!outcome.ok) {
      const { title, action: what } = wordsFor(outcome.problem);
      toast.error(title, { description: what });
      if (all.count === 0) return null;
      break;
    }
    const { undo, changed, count, skipped } = outcome.value;
    all.changed.push(...changed);
    all.skipped.push(...skipped);
    all.count += count;
    if (undo !== null) {
      const decision = { undo: Promise.resolve(undo) };
      decisions.add(decision);
      made.push(decision);
    }
  }
  tell(action, all, made, undone);
  return all;
}

function tell(action: Action, all: Acted, made: Decision[], undone: (back: Phrase[]) => void) {
  const { count, skipped } = all;
  const [first] = skipped;
  const description = first && t('acted.skipped', { count: skipped.length, why: t(`acted.skipped.${first.code}`) });
  const options = { duration: SHOWN_MS, ...(description ? { description } : {}) };
  const back = async () => {
    for (const decision of made) await undoThat(decision, undone);
  };
  const action_ = made.length > 0 ? { action: { label: t('acted.undo'), onClick: () => void back() } } : {};
  toast(t(`acted.${action}`, { count }), { ...options, ...action_ });
}

async function undoThat(decision: Decision | undefined, undone: (back: Phrase[]) => void) {
  const outcome = await decisions.undo(decision);
  if (outcome === null) toast(t('acted.nothing'));
  else if (outcome.ok) {
    undone(outcome.value.changed);
    tellUndone(outcome.value);
  } else tellRefused(outcome.problem);
}

/** What came back, and what did not. */
export function tellUndone({ left, skipped }: Pick<Acted, 'left' | 'skipped'>) {
  const [first] = skipped;
  if (!first) return toast(t('acted.undone'), { duration: 1500 });
  const why = t('acted.skipped', { count: skipped.length, why: t(`acted.skipped.${first.code}`) });
  const description = left > 0 ? `${why} ${t('acted.left', { count: left })}` : why;
  const other = skipped.find((one) => one.other !== null)?.other;
  return toast(t('acted.undone'), { description, duration: SHOWN_MS, ...(other ? opens(phrasePath(other)) : {}) });
}

/** Why nothing came back. */
export function tellRefused(problem: Problem) {
  const [words, other] = [wordsFor(problem), otherCard(problem)];
  return toast.error(words.title, other ? { description: words.action, duration: SHOWN_MS, ...opens(other) } : {});
}

const opens = (path: string) => ({ action: { label: t('same_phrase.open'), onClick: () => router.go(path) } });

/** Undoes the latest decision. */
export function undoLast(undone: (back: Phrase[]) => void = () => undefined): Promise<void> {
  return undoThat(undefined, undone);
}
