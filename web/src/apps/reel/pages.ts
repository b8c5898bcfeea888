/** The code of Reel that is loaded with its first page. */
import type { AppCode } from '../../lib/app';
import Frame from './home/Frame.svelte';
import HomePage from './home/HomePage.svelte';
import JobResult from './JobResult.svelte';
import ReelPage from './page/ReelPage.svelte';
import { wordsForTrouble } from './problems';
import { list } from './state/list.svelte';
import { reels } from './state/reels.svelte';
import { isKey, t } from './text';
import type { ReelSummary } from './types';

// Subscribed for the lifetime of the page, so that going back shows the current state immediately.
list.follow();
reels.follow();

export const code: AppCode<ReelSummary> = {
  pages: { home: HomePage, reel: ReelPage },
  Frame,
  Result: JobResult,
  stepName: (step) => (isKey(`step.${step}`) ? t(`step.${step}` as 'step.read') : step),
  troubleWords: wordsForTrouble,
};
