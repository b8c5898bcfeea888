//! Injected randomness: from the system's entropy in production, from a seed where runs must be reproducible.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

/// A shared source of randomness. Clones draw from the same source.
#[derive(Clone)]
pub struct Randomness {
    source: Arc<Mutex<dyn Rng + Send>>,
    ids: Arc<AtomicU32>,
}

impl Randomness {
    /// From the system's entropy.
    pub fn from_entropy() -> Self {
        Self::new(rand::make_rng::<StdRng>())
    }

    /// The same numbers for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::new(StdRng::seed_from_u64(seed))
    }

    /// From any source.
    pub fn new(source: impl Rng + Send + 'static) -> Self {
        Self { source: Arc::new(Mutex::new(source)), ids: Arc::default() }
    }

    /// The part of an id after its time: a counter of 26 bits, so that ids of one millisecond sort in the order of their
    /// creation, and random bits (RFC 9562, 6.2, method 1). The counter is laid out around the version and the variant.
    pub fn id_bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.source.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        let [high, middle, low, last] = (self.ids.fetch_add(1, Ordering::Relaxed) & 0x03ff_ffff).to_be_bytes();
        // 4 bits, 8 bits, 6 bits, 8 bits.
        bytes[0] = high << 2 | middle >> 6;
        bytes[1] = middle << 2 | low >> 6;
        bytes[2] = low & 0x3f;
        bytes[3] = last;
        bytes
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub fn fraction(&self) -> f64 {
        self.source.lock().unwrap_or_else(PoisonError::into_inner).random()
    }
}

#[cfg(test)]
mod tests {
    use sluice_domain::ids::JobId;
    use sluice_domain::time::Timestamp;

    use super::*;

    #[test]
    fn ids_of_one_millisecond_are_in_the_order_in_which_they_were_made() {
        let randomness = Randomness::seeded(7);
        // Over the borders of all its bytes.
        for start in [0, 0xf0, 0x3ff0, 0x3f_fff0] {
            randomness.ids.store(start, Ordering::Relaxed);
            let made: Vec<_> = (0..40).map(|_| JobId::new(Timestamp::from_millis(1), randomness.id_bytes())).collect();
            assert!(made.is_sorted_by(|a, b| a < b), "{made:?}");
        }
    }
}
