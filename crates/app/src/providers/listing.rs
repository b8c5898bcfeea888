//! A list that a provider has for a key, cached for a while. It is requested once, however many callers wait for it, page by
//! page, and the request continues in the background when no caller waits any longer. Until it ends, the part that has arrived is
//! returned, and marked as incomplete.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use sluice_domain::time::Timestamp;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::open::{CheckError, Pages};

/// How long a list is fresh.
const FRESH: Duration = Duration::from_hours(1);
/// When a provider is asked again after a failure.
const ASK_AGAIN: Duration = Duration::from_mins(1);
/// The same after a list that arrived only in part, since that takes many requests.
const ASK_FOR_THE_REST: Duration = Duration::from_mins(10);
/// The timeout of a page.
const PAGE: Duration = Duration::from_secs(20);
/// The timeout of a whole list.
const WHOLE: Duration = Duration::from_mins(3);
/// The longest that a request of the page waits for a list.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Longer than [`WHOLE`]: waits until the list is complete or has failed.
pub(super) const TO_THE_END: Duration = Duration::from_mins(4);
/// The most cached lists of a kind.
const MOST: usize = 1_000;

/// The key of the cache: a provider, and a hash of its key and model, since people see different voices.
pub(super) type Of = (String, String);

/// A cached list.
#[derive(Debug, Clone)]
pub(super) struct Known<T> {
    pub(super) items: Vec<T>,
    /// Whether these are all.
    pub(super) is_whole: bool,
    /// Why the last request failed, or returned only a part.
    pub(super) trouble: Option<String>,
    /// Until when the provider is not asked again.
    fresh_until: Option<Timestamp>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { items: Vec::new(), is_whole: false, trouble: None, fresh_until: None }
    }
}

impl<T> Known<T> {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.fresh_until.is_some_and(|until| until > now)
    }
}

/// A list that is being requested.
#[derive(Debug, Clone)]
struct UnderWay {
    since: Instant,
    ended: CancellationToken,
}

/// The lists of one kind.
#[derive(Debug)]
pub(super) struct Lists<T> {
    /// What they list, for logs: `voices`.
    what: &'static str,
    /// The most items of all lists.
    most: usize,
    known: Mutex<HashMap<Of, Known<T>>>,
    under_way: Mutex<HashMap<Of, UnderWay>>,
}

/// Receives a list page by page. When it is dropped, the request ends for all callers that wait, whatever its outcome.
pub(super) struct Taking<T> {
    lists: Arc<Lists<T>>,
    of: Of,
    now: Timestamp,
    _ended: DropGuard,
}

/// Locks a mutex, also one that is poisoned: its value is changed in one step, and therefore always consistent.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone + Send + 'static> Lists<T> {
    pub(super) fn new(what: &'static str, most: usize) -> Arc<Self> {
        Arc::new(Self { what, most, known: Mutex::default(), under_way: Mutex::default() })
    }

    fn known(&self, of: &Of) -> Known<T> {
        locked(&self.known).get(of).cloned().unwrap_or_default()
    }

    /// Why a list is missing or incomplete.
    pub(super) fn trouble(&self, of: &Of) -> Option<String> {
        locked(&self.known).get(of).and_then(|known| known.trouble.clone())
    }

    /// Caches a list. If there is no room for it, all other lists are evicted, and requested again when they are needed.
    fn keep(&self, of: &Of, list: Known<T>) {
        self.put(&mut locked(&self.known), of, list);
    }

    fn put(&self, lists: &mut HashMap<Of, Known<T>>, of: &Of, list: Known<T>) {
        let others = lists.iter().filter(|(known, _)| *known != of).map(|(_, known)| known.items.len());
        let items = others.sum::<usize>() + list.items.len();
        if lists.len() >= MOST || items > self.most {
            lists.clear();
        }
        lists.insert(of.clone(), list);
    }

    /// The known part of a list, after the provider was asked if the list is old. The first caller starts the request with `ask`;
    /// the others wait for the same answer, for at most `patience` after the request began. A caller that goes away does not end
    /// the request.
    pub(super) async fn fetch(
        self: &Arc<Self>,
        of: &Of,
        now: Timestamp,
        patience: Duration,
        ask: impl FnOnce(Taking<T>) -> BoxFuture<'static, ()>,
    ) -> Known<T> {
        if let Some(UnderWay { since, ended }) = self.ask(of, now, ask)
            && timeout_at(since + patience, ended.cancelled()).await.is_err()
        {
            self.say_that_it_lasts(of, now);
        }
        self.known(of)
    }

    /// The request to wait for, which is started if there is none; none if the list is fresh.
    fn ask(
        self: &Arc<Self>,
        of: &Of,
        now: Timestamp,
        ask: impl FnOnce(Taking<T>) -> BoxFuture<'static, ()>,
    ) -> Option<UnderWay> {
        let mut all = locked(&self.under_way);
        all.retain(|_, one| !one.ended.is_cancelled());
        if let Some(one) = all.get(of) {
            return Some(one.clone());
        }
        // An answer is cached before its request ends.
        if locked(&self.known).get(of).is_some_and(|known| known.is_fresh(now)) {
            return None;
        }
        let one = UnderWay { since: Instant::now(), ended: CancellationToken::new() };
        all.insert(of.clone(), one.clone());
        let ended = one.ended.clone().drop_guard();
        tokio::spawn(ask(Taking { lists: Arc::clone(self), of: of.clone(), now, _ended: ended }));
        Some(one)
    }

    /// Notes that the request takes long, if it has brought nothing new yet.
    fn say_that_it_lasts(&self, of: &Of, now: Timestamp) {
        let mut lists = locked(&self.known);
        let known = lists.get(of).cloned().unwrap_or_default();
        // The answer may have arrived just now.
        if !known.is_fresh(now) && known.trouble.is_none() {
            let trouble = Some("it has been asked, and its answer is not complete yet".to_owned());
            self.put(&mut lists, of, Known { trouble, ..known });
        }
    }
}

impl<T: Clone + Send + 'static> Taking<T> {
    /// Receives every page, within the timeouts of a page and of the list.
    pub(super) async fn all(self, mut pages: Pages<'_, T>) {
        let Self { lists, of, now, .. } = &self;
        let (before, until) = (lists.known(of), Instant::now() + WHOLE);
        let mut found: Vec<T> = Vec::new();
        let why = loop {
            match timeout_at(until.min(Instant::now() + PAGE), pages.next()).await {
                Ok(Some(Ok(page))) => {
                    found.extend(page);
                    // A part that is shorter than the cached list replaces nothing.
                    if found.len() > before.items.len() {
                        let trouble = Some(format!("more than the first {} are still to come", found.len()));
                        let items = found.clone();
                        lists.keep(of, Known { items, is_whole: false, trouble, fresh_until: None });
                    }
                }
                Ok(Some(Err(error))) => break Some(reason(error)),
                Ok(None) => break None,
                Err(_) if found.is_empty() => break Some("it did not answer in time".to_owned()),
                Err(_) => break Some("the rest did not come in time".to_owned()),
            }
        };
        let Some(why) = why else {
            let fresh_until = Some(*now + FRESH);
            return lists.keep(of, Known { items: found, is_whole: true, trouble: None, fresh_until });
        };
        tracing::warn!(
            provider = of.0,
            what = lists.what,
            came = found.len(),
            why,
            "a list was not fetched, or not all of it: what is known is offered"
        );
        let (trouble, after) = if found.is_empty() {
            (why, ASK_AGAIN)
        } else {
            (format!("{} of them came, and not all: {why}", found.len()), ASK_FOR_THE_REST)
        };
        let is_more = found.len() >= before.items.len() && !found.is_empty();
        let (items, is_whole) = if is_more { (found, false) } else { (before.items, before.is_whole) };
        let fresh_until = Some(*now + after);
        lists.keep(of, Known { items, is_whole, trouble: Some(trouble), fresh_until });
    }
}

/// The message of an error, without its prefix.
fn reason(error: CheckError) -> String {
    match error {
        CheckError::Unreachable { message } => message,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt as _;
    use futures::future::join_all;
    use futures::stream;
    use tokio::time::sleep;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);
    /// What the clock of a test may be late by.
    const TICK: Duration = Duration::from_millis(50);

    fn key(number: usize) -> Of {
        ("a".to_owned(), number.to_string())
    }

    fn list(count: usize) -> Known<&'static str> {
        Known { items: vec!["b"; count], ..Known::default() }
    }

    #[test]
    fn lists_take_so_much_room_and_no_more() {
        let lists = Lists::new("letters", 1_000);
        let known = || locked(&lists.known).len();
        lists.keep(&key(0), list(500));
        lists.keep(&key(1), list(500));
        lists.keep(&key(1), list(500));
        assert_eq!(known(), 2, "one that is asked for again takes its own place");
        lists.keep(&key(2), list(1));
        assert_eq!((known(), lists.known(&key(2)).items.len(), lists.known(&key(0)).items.len()), (1, 1, 0));
        for number in 3..2 * MOST {
            lists.keep(&key(number), list(0));
        }
        assert!(known() <= MOST, "{}", known());
    }

    /// What a provider does: pages of one letter, each after a while, and perhaps an error after them.
    #[derive(Clone, Copy)]
    struct Plan {
        pages: usize,
        seconds: u64,
        fails: bool,
    }

    impl Plan {
        fn pages(self) -> Pages<'static, &'static str> {
            let page = move |number: usize| async move {
                sleep(Duration::from_secs(self.seconds)).await;
                let trouble = CheckError::Unreachable { message: "503".to_owned() };
                if number < self.pages { Ok(vec!["b"]) } else { Err(trouble) }
            };
            stream::iter(0..self.pages + usize::from(self.fails)).then(page).boxed()
        }
    }

    struct World {
        lists: Arc<Lists<&'static str>>,
        asked: Arc<AtomicUsize>,
    }

    impl World {
        fn new() -> Self {
            Self { lists: Lists::new("letters", 1_000), asked: Arc::default() }
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }

        async fn ask(&self, of: usize, now: Timestamp, plan: Plan) -> Known<&'static str> {
            let asked = Arc::clone(&self.asked);
            let ask = move |taking: Taking<&'static str>| {
                asked.fetch_add(1, Ordering::SeqCst);
                taking.all(plan.pages()).boxed()
            };
            self.lists.fetch(&key(of), now, PATIENCE, ask).await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_at_once_wait_for_one_answer() {
        let world = World::new();
        let plan = Plan { pages: 1, seconds: 1, fails: false };
        let all = join_all((0..20).map(|_| world.ask(0, NOW, plan)).chain([world.ask(1, NOW, plan)])).await;
        assert!(all.iter().all(|known| known.items.len() == 1 && known.is_whole && known.trouble.is_none()), "{all:?}");
        assert_eq!(world.asked(), 2, "each list is asked for once, and none waits for another list");
        assert!(locked(&world.lists.under_way).values().all(|one| one.ended.is_cancelled()), "nothing is under way");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_the_answer_for_all_who_wait_and_who_gives_up_leaves_the_question() {
        let (world, plan) = (World::new(), Plan { pages: 0, seconds: 1, fails: true });
        {
            let first = world.ask(0, NOW, plan);
            tokio::pin!(first);
            assert!(futures::poll!(first.as_mut()).is_pending());
        }
        let all = join_all((0..20).map(|_| world.ask(0, NOW, plan))).await;
        assert!(all.iter().all(|known| known.items.is_empty()), "{all:?}");
        assert_eq!(world.asked(), 1, "the one who gave up has asked for all");
        assert!(world.lists.trouble(&key(0)).is_some_and(|trouble| trouble.contains("503")));
        world.ask(0, NOW + Duration::from_secs(59), plan).await;
        assert_eq!(world.asked(), 1, "it is not asked again at once");
        world.ask(0, NOW + Duration::from_mins(1), plan).await;
        assert_eq!(world.asked(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_of_many_pages_is_shown_as_it_comes_and_ends_in_the_background() {
        let (world, plan) = (World::new(), Plan { pages: 30, seconds: 2, fails: false });
        let begun = Instant::now();
        let known = world.ask(0, NOW, plan).await;
        let waited = begun.elapsed();
        assert!((PATIENCE..PATIENCE + TICK).contains(&waited), "{waited:?}");
        assert_eq!((known.items.len(), known.is_whole), (2, false));
        assert!(known.trouble.is_some_and(|trouble| trouble.contains("first 2 are still to come")));
        sleep(Duration::from_secs(16)).await;
        let again = Instant::now();
        let known = world.ask(0, NOW, plan).await;
        assert!(again.elapsed() < TICK, "nobody waits for the same list twice");
        assert_eq!(known.items.len(), 10);
        sleep(Duration::from_secs(40)).await;
        let known = world.ask(0, NOW, plan).await;
        assert_eq!((known.items.len(), known.is_whole, known.trouble), (30, true, None));
        assert_eq!(world.asked(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_before_an_error_is_offered_and_does_not_displace_more() {
        let world = World::new();
        let known = world.ask(0, NOW, Plan { pages: 3, seconds: 1, fails: true }).await;
        assert_eq!((known.items.len(), known.is_whole), (3, false));
        assert_eq!(known.trouble.as_deref(), Some("3 of them came, and not all: 503"));
        let soon = NOW + Duration::from_mins(9);
        world.ask(0, soon, Plan { pages: 4, seconds: 0, fails: false }).await;
        assert_eq!(world.asked(), 1, "the rest is not asked for at once");
        let later = NOW + Duration::from_mins(10);
        let known = world.ask(0, later, Plan { pages: 4, seconds: 0, fails: false }).await;
        assert_eq!((known.items.len(), known.is_whole, known.trouble), (4, true, None));
        let old = later + FRESH;
        let known = world.ask(0, old, Plan { pages: 2, seconds: 0, fails: true }).await;
        assert_eq!((known.items.len(), known.is_whole), (4, true), "the last whole list stays");
        assert!(known.trouble.is_some(), "and it is said");
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_and_a_list_have_their_time() {
        let world = World::new();
        let silent = Plan { pages: 1, seconds: 3_600, fails: false };
        let known = world.ask(0, NOW, silent).await;
        assert!(known.trouble.is_some_and(|trouble| trouble.contains("not complete yet")));
        sleep(PAGE).await;
        assert_eq!(world.lists.trouble(&key(0)).as_deref(), Some("it did not answer in time"));
        // Each page in time, and too many of them.
        world.ask(1, NOW, Plan { pages: 100, seconds: 19, fails: false }).await;
        sleep(WHOLE).await;
        let known = world.lists.known(&key(1));
        assert_eq!((known.items.len(), known.is_whole), (9, false));
        assert_eq!(known.trouble.as_deref(), Some("9 of them came, and not all: the rest did not come in time"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_breaks_off_ends_for_all() {
        let world = World::new();
        let ask = |taking: Taking<&'static str>| async move { drop(taking) }.boxed();
        let known = world.lists.fetch(&key(0), NOW, PATIENCE, ask).await;
        assert!(known.items.is_empty());
        world.ask(0, NOW, Plan { pages: 1, seconds: 0, fails: false }).await;
        assert_eq!(world.asked(), 1, "the next one asks anew");
    }
}
