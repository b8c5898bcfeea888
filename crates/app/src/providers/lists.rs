//! What providers list for a key: voices, and presenters. They are asked when somebody is to choose, and remembered for a while, by
//! each process. What was known stays when a provider cannot be asked. A list is asked for once, however many wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_blobs::BlobHash;
use sluice_capability::{Offered, VoiceInfo};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use super::config::{LOCAL, RouteSettings, Served};
use super::keys::Held;
use super::open::{CheckError, Opening};
use super::routes::model;
use super::{Key, ProviderError, Providers};

/// How long a list is taken for what there is.
const FRESH: Duration = Duration::from_hours(1);
/// After this long a provider is asked again that could not be asked.
const ASK_AGAIN: Duration = Duration::from_mins(1);
/// Nobody waits longer than this for their turn to ask, nor for the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most lists of a kind that are remembered, and the most voices and presenters of all of them: an account may have thousands,
/// and any number of keys.
const MOST: usize = 1_000;
const MOST_VOICES: usize = 100_000;
const MOST_PRESENTERS: usize = 20_000;

/// A provider with one key and one model: people see different voices. The key itself is not kept.
type Of = (String, String);

/// The answer of a provider; none of a kind that has no such list.
type Answer<T> = Result<Option<Vec<T>>, CheckError>;

/// What is known of a list.
#[derive(Debug, Clone)]
struct Known<T> {
    items: Vec<T>,
    asked_at: Option<Timestamp>,
    /// Why the last question had no answer.
    trouble: Option<String>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { items: Vec::new(), asked_at: None, trouble: None }
    }
}

impl<T> Known<T> {
    fn is_fresh(&self, now: Timestamp) -> bool {
        let fresh = if self.trouble.is_some() { ASK_AGAIN } else { FRESH };
        self.asked_at.is_some_and(|at| at + fresh > now)
    }
}

/// The lists of one kind.
#[derive(Debug)]
struct Lists<T> {
    /// For people: `voices`.
    what: &'static str,
    /// The most items of all lists.
    most: usize,
    known: Mutex<HashMap<Of, Known<T>>>,
    /// Who asks for which list now: the others wait for their turn, and find its answer then.
    turns: Mutex<HashMap<Of, Weak<tokio::sync::Mutex<()>>>>,
}

/// The value of a lock, also of one whose holder panicked: what is behind it is changed in one step.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone> Lists<T> {
    fn new(what: &'static str, most: usize) -> Self {
        Self { what, most, known: Mutex::default(), turns: Mutex::default() }
    }

    fn known(&self, of: &Of) -> Known<T> {
        locked(&self.known).get(of).cloned().unwrap_or_default()
    }

    fn trouble(&self, of: &Of) -> Option<String> {
        locked(&self.known).get(of).and_then(|known| known.trouble.clone())
    }

    /// Remembers a list. If there is no room for it, the others are forgotten: they are asked for again.
    fn keep(&self, of: Of, list: Known<T>) {
        let mut lists = locked(&self.known);
        let others = lists.iter().filter(|(known, _)| **known != of).map(|(_, known)| known.items.len());
        let items = others.sum::<usize>() + list.items.len();
        if lists.len() >= MOST || items > self.most {
            lists.clear();
        }
        lists.insert(of, list);
    }

    fn turn(&self, of: &Of) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = locked(&self.turns);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(of).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::<tokio::sync::Mutex<()>>::default();
        turns.insert(of.clone(), Arc::downgrade(&turn));
        turn
    }

    /// What is known of a list, after the provider was asked if that is old. Whoever comes meanwhile waits for the same answer.
    async fn fetch(&self, of: Of, now: Timestamp, ask: BoxFuture<'_, Answer<T>>) -> Vec<T> {
        let known = self.known(&of);
        if known.is_fresh(now) {
            return known.items;
        }
        let turn = self.turn(&of);
        let Ok(_turn) = tokio::time::timeout(PATIENCE, turn.lock()).await else { return self.known(&of).items };
        let known = self.known(&of);
        if known.is_fresh(now) {
            return known.items;
        }
        let asked_at = Some(now);
        let list = match tokio::time::timeout(PATIENCE, ask).await {
            Ok(Ok(items)) => Known { items: items.unwrap_or_default(), asked_at, trouble: None },
            Ok(Err(error)) => Known { asked_at, trouble: Some(error.to_string()), ..known },
            Err(_) => Known { asked_at, trouble: Some("it did not answer in time".to_owned()), ..known },
        };
        if let Some(trouble) = &list.trouble {
            tracing::warn!(
                provider = of.0,
                what = self.what,
                trouble,
                "a list was not fetched: what was known is offered"
            );
        }
        let items = list.items.clone();
        self.keep(of, list);
        items
    }
}

/// What is known of the lists of providers.
#[derive(Debug)]
pub(super) struct AllLists {
    voices: Lists<VoiceInfo>,
    presenters: Lists<Offered>,
}

impl Default for AllLists {
    fn default() -> Self {
        Self { voices: Lists::new("voices", MOST_VOICES), presenters: Lists::new("presenters", MOST_PRESENTERS) }
    }
}

/// What the provider of a route listed; empty while that is not known, and of what has no list.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    pub(super) voices: Vec<VoiceInfo>,
    pub(super) presenters: Vec<Offered>,
}

fn of(served: Served, provider: &str, model: Option<&str>, key: Option<&Key>) -> Of {
    let (served, model, key) = (served.as_str(), model.unwrap_or_default(), key.map_or("", Key::reveal));
    let hash = BlobHash::of(format!("list\n{served}\n{provider}\n{model}\n{key}").as_bytes());
    (provider.to_owned(), hash.to_string())
}

impl Providers {
    /// What the providers of a capability's routes listed for an owner, route by route. Those whose list is old are asked.
    pub(super) async fn listings(&self, held: &Held, served: Served) -> Result<Vec<Listing>, ProviderError> {
        let now = self.inner.store.now().await?;
        let mut listings = Vec::new();
        for route in self.inner.config.routes.of(served) {
            listings.push(self.listing(held, (served, route), now).await?);
        }
        Ok(listings)
    }

    /// Asks for the voices and the presenters that an owner may choose, where what is known is old: see [`Providers::list`] for why one
    /// was not listed.
    pub async fn ask_for_lists(&self, owner: &OwnerId) -> Result<(), ProviderError> {
        let held = self.held(owner).await?;
        self.listings(&held, Served::Speak).await?;
        self.listings(&held, Served::Present).await?;
        Ok(())
    }

    async fn listing(
        &self,
        held: &Held,
        (served, route): (Served, &RouteSettings),
        now: Timestamp,
    ) -> Result<Listing, ProviderError> {
        if route.provider == LOCAL {
            return Ok(Listing::default());
        }
        let (name, settings) = self.settings(&route.provider)?;
        let key = held.of(name).map(|(_, row)| self.decrypt(row)).transpose()?;
        if key.is_none() && settings.needs_key() {
            return Ok(Listing::default());
        }
        let model = model(served, route, settings);
        let (of, open) = (of(served, name, model, key.as_ref()), &self.inner.open);
        let opening = Opening::new(name, settings, model, key.as_ref());
        let lists = &self.lists;
        Ok(match served {
            Served::Speak => {
                // Asked once it is their turn, if still needed.
                let ask = async move { open.voices(opening).await }.boxed();
                Listing { voices: lists.voices.fetch(of, now, ask).await, ..Listing::default() }
            }
            Served::Present => {
                let ask = async move { open.presenters(opening).await }.boxed();
                Listing { presenters: lists.presenters.fetch(of, now, ask).await, ..Listing::default() }
            }
            _ => Listing::default(),
        })
    }

    /// Why the voices of a provider could not be listed for this owner when they were last asked for; none if they could.
    pub(super) fn voices_trouble(&self, held: &Held, provider: &str) -> Option<String> {
        self.trouble(held, (Served::Speak, provider), &self.lists.voices)
    }

    /// The same of its presenters.
    pub(super) fn presenters_trouble(&self, held: &Held, provider: &str) -> Option<String> {
        self.trouble(held, (Served::Present, provider), &self.lists.presenters)
    }

    fn trouble<T: Clone>(&self, held: &Held, (served, provider): (Served, &str), lists: &Lists<T>) -> Option<String> {
        let (name, settings) = self.settings(provider).ok()?;
        // A key that cannot be read is shown as such.
        let key = held.of(name).map(|(_, row)| self.decrypt(row)).transpose().ok()?;
        let mut routes = self.inner.config.routes.of(served).iter().filter(|route| route.provider == name);
        routes.find_map(|route| lists.trouble(&of(served, name, model(served, route, settings), key.as_ref())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::{join_all, join3};
    use tokio::sync::Semaphore;

    use super::*;

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
        lists.keep(key(0), list(500));
        lists.keep(key(1), list(500));
        lists.keep(key(1), list(500));
        assert_eq!(known(), 2, "one that is asked for again takes its own place");
        lists.keep(key(2), list(1));
        assert_eq!((known(), lists.known(&key(2)).items.len(), lists.known(&key(0)).items.len()), (1, 1, 0));
        for number in 3..2 * MOST {
            lists.keep(key(number), list(0));
        }
        assert!(known() <= MOST, "{}", known());
    }

    /// Asks for a list, whose provider answers as soon as it may.
    async fn ask(lists: &Lists<&'static str>, of: Of, now: i64, asked: &AtomicUsize, may: &Semaphore) -> usize {
        let answer = async {
            asked.fetch_add(1, Ordering::SeqCst);
            match may.acquire().await {
                Ok(_) => Ok(Some(vec!["b"])),
                Err(_) => Err(CheckError::Unreachable { message: "503".to_owned() }),
            }
        };
        lists.fetch(of, Timestamp::from_millis(now), answer.boxed()).await.len()
    }

    #[tokio::test]
    async fn many_who_ask_at_once_wait_for_one_answer() {
        let (lists, asked, may) = (Lists::new("letters", 1_000), AtomicUsize::new(0), Semaphore::new(0));
        // All have begun to wait before the first one is answered.
        let all = join_all((0..20).map(|_| ask(&lists, key(0), 1, &asked, &may)));
        let other = ask(&lists, key(1), 1, &asked, &may);
        let answer = async {
            assert_eq!(asked.load(Ordering::SeqCst), 2, "each list is asked for once, and none waits for another list");
            may.add_permits(1);
        };
        let (found, other, ()) = join3(all, other, answer).await;
        assert_eq!((found, other), (vec![1; 20], 1));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert!(locked(&lists.turns).values().all(|turn| turn.strong_count() == 0), "nobody waits any more");
    }

    #[tokio::test]
    async fn a_failure_is_the_answer_for_all_who_wait_and_who_gives_up_leaves_the_question() {
        let (lists, asked, may) = (Lists::new("letters", 1_000), AtomicUsize::new(0), Semaphore::new(0));
        {
            let first = ask(&lists, key(0), 1, &asked, &may);
            tokio::pin!(first);
            assert!(futures::poll!(first.as_mut()).is_pending());
        }
        may.close();
        let found = join_all((0..20).map(|_| ask(&lists, key(0), 1, &asked, &may))).await;
        assert_eq!((found, asked.load(Ordering::SeqCst)), (vec![0; 20], 2), "the one that was dropped, and one more");
        assert!(lists.trouble(&key(0)).is_some_and(|trouble| trouble.contains("503")));
    }
}
