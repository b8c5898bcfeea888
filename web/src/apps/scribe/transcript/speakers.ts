/** How speakers are told apart on the page: by their names first, and by a colour. */
import { t } from '../text';
import type { Speaker } from '../types';

/** Hues that are far from each other, also side by side. */
const HUES = [218, 40, 150, 320, 85, 275, 0, 185];

export interface Named {
  number: number;
  name: string;
  hue: number;
}

export function namedOf(speakers: Speaker[]): Named[] {
  return speakers.map(({ number, name }, position) => ({
    number,
    name: name || t('speaker.number', { number: position + 1 }),
    hue: HUES[position % HUES.length]!,
  }));
}
