//! One at a time, per key: what two jobs of this process want at once is made by the first and found by the second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// The keys that someone holds or waits for.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    keys: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

impl Turns {
    /// Waits until nobody holds `key`; it is held until the guard is dropped.
    pub(crate) async fn wait(&self, key: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.retain(|_, turn| turn.strong_count() > 0);
            if let Some(turn) = keys.get(key).and_then(Weak::upgrade) {
                turn
            } else {
                let turn = Arc::default();
                keys.insert(key.to_owned(), Arc::downgrade(&turn));
                turn
            }
        };
        turn.lock_owned().await
    }
}
