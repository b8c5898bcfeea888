//! Whether work arrived whose answer was lost.

use sluice_capability::{CallProgress, CapabilityError};

use super::Account;
use super::work::{Kind, Work, mark};

/// Work without a mark that is looked at one by one: lists leave out what the work itself tells.
const UNMARKED: usize = 20;

enum Searched {
    Found(Box<Work>),
    Absent,
    /// There is more work than can be looked through.
    Unsure,
}

impl Account {
    /// What became of the work that was submitted with this key. A miss counts only the second time.
    pub(super) async fn outcome(&self, kind: Kind, key: &str) -> Result<CallProgress, CapabilityError> {
        let mark = mark(key);
        for attempt in 0..2 {
            if attempt > 0 {
                tokio::time::sleep(self.settings.settle).await;
            }
            match self.search(kind, &mark).await? {
                Searched::Found(work) => return Ok(work.progress(|text| self.endpoint.shown(text))),
                Searched::Unsure => return Ok(CallProgress::CannotTell),
                Searched::Absent => {}
            }
        }
        Ok(CallProgress::NotFound)
    }

    async fn search(&self, kind: Kind, mark: &str) -> Result<Searched, CapabilityError> {
        let (listed, is_all) = self.listed::<Work>(&format!("/{}?limit=100", kind.plural()), kind.plural()).await?;
        if let Some(found) = listed.iter().find(|work| work.is_marked(mark) == Some(true)) {
            return Ok(Searched::Found(Box::new(found.clone())));
        }
        let unmarked: Vec<&Work> = listed.iter().filter(|work| work.is_marked(mark).is_none()).collect();
        for listed in unmarked.iter().take(UNMARKED) {
            if let Some(work) = self.work(kind, &listed.id).await?
                && work.is_marked(mark) == Some(true)
            {
                return Ok(Searched::Found(Box::new(work)));
            }
        }
        Ok(if is_all && unmarked.len() <= UNMARKED { Searched::Absent } else { Searched::Unsure })
    }
}
