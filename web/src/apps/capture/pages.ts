/** The code of Capture that is loaded with its first page. */
import type { AppCode } from '../../lib/app';
import Frame from './Frame.svelte';
import HomePage from './intake/HomePage.svelte';
import { outbox } from './intake/outbox.svelte';
import { themed } from './intake/themed.svelte';
import JobResult from './JobResult.svelte';
import CardsPage from './library/CardsPage.svelte';
import ExportPage from './out/ExportPage.svelte';
import { wordsForTrouble } from './problems';
import PhrasePage from './review/PhrasePage.svelte';
import ReviewPage from './review/ReviewPage.svelte';
import { cards } from './state/cards.svelte';
import { queue } from './state/queue.svelte';
import { recent } from './state/recent.svelte';
import { isKey, t } from './text';
import type { Phrase } from './types';

// Subscribed for the lifetime of the page, so that going back shows the current state immediately.
recent.follow();
queue.follow();
cards.follow();
themed.follow();
void outbox.begin().catch(() => undefined);

export const code: AppCode<Phrase> = {
  pages: { home: HomePage, review: ReviewPage, cards: CardsPage, export: ExportPage, phrase: PhrasePage },
  Frame,
  Result: JobResult,
  stepName: (step) => {
    const key = `step.${step}`;
    return isKey(key) ? t(key) : step;
  },
  troubleWords: wordsForTrouble,
};
