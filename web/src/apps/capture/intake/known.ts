/** Says of lines that were there already how their cards are, and offers what is to be done. */
import { toast } from 'svelte-sonner';
import { act } from '../library/act';
import { t } from '../text';
import type { Action, HeldBack } from '../types';

/** There is something to decide. */
const SHOWN_MS = 12_000;

/** `changed` is called once a card has become another one. */
export function tellKnown(known: number, heldBack: HeldBack[], changed: () => void) {
  const of = (code: HeldBack['code']) => heldBack.filter((one) => one.code === code).map(({ id }) => id);
  const fine = known - heldBack.length;
  // Nothing new appears for what there is a card of.
  if (fine > 0) toast(t('intake.known', { count: fine }));
  offer('intake.known.excluded', 'include', of('excluded'), changed);
  offer('intake.known.failed', 'retry', of('failed'), changed);
}

function offer(
  text: 'intake.known.excluded' | 'intake.known.failed',
  action: Action,
  ids: string[],
  changed: () => void,
) {
  if (ids.length === 0) return;
  const decide = async () => {
    await act(action, ids, changed);
    changed();
  };
  toast(t(text, { count: ids.length }), {
    duration: SHOWN_MS,
    action: { label: t(`act.${action}`), onClick: () => void decide() },
  });
}
