/** What happens when the session has ended: to the sign-in page, and back here afterwards. */
import type { Problem } from './problem';

let leaving = false;
const holds = new Set<() => boolean>();

/** Keeps the page where it is while `busy` is true: what it does would end with it. */
export function holdSignIn(busy: () => boolean): void {
  holds.add(busy);
}

/** True if nobody is signed in any more; the browser is then on its way to the sign-in page. A wrong password is also a 401. */
export function leftFor(problem: Problem): boolean {
  if (problem.status !== 401 || problem.code !== 'not_signed_in') return false;
  toSignIn();
  return true;
}

/** Once: every call that is under way gets the same answer. */
export function toSignIn(): void {
  if (leaving || [...holds].some((busy) => busy())) return;
  leaving = true;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
