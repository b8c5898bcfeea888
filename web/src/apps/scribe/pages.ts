/** The code of Scribe that is loaded with its first page. */
import type { AppCode } from '../../lib/app';
import Frame from './home/Frame.svelte';
import HomePage from './home/HomePage.svelte';
import JobResult from './JobResult.svelte';
import SessionPage from './page/SessionPage.svelte';
import { outbox } from './outbox/outbox.svelte';
import { wordsForTrouble } from './problems';
import { current } from './state/current.svelte';
import { live } from './state/live.svelte';
import { isKey, t } from './text';
import { sessions } from './state/sessions.svelte';
import type { SessionSummary } from './types';

// Subscribed for the lifetime of the page, so that going back shows the current state immediately.
sessions.follow();
current.follow();
live.follow();
void outbox.begin().catch(() => undefined);

export const code: AppCode<SessionSummary> = {
  pages: { home: HomePage, session: SessionPage },
  Frame,
  Result: JobResult,
  stepName: (step) => {
    const key = `session.step.${step}`;
    return isKey(key) ? t(key) : step;
  },
  troubleWords: wordsForTrouble,
};
