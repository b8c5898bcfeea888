/**
 * A lid that is closed and opened again. Playwright has every page believe that it is seen, so that `Page.setWebLifecycleState` freezes
 * nothing; the processes of the browser's pages are stopped instead, as sleep does, and the rest of the browser goes on.
 */
import type { Browser } from '@playwright/test';

export async function closeLid(browser: Browser): Promise<() => void> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  if (pages.length === 0) throw new Error('the browser names no process of a page');
  for (const id of pages) process.kill(id, 'SIGSTOP');
  return () => {
    for (const id of pages) process.kill(id, 'SIGCONT');
  };
}
