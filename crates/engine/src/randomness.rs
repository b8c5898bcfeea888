//! Randomness, handed in: from the system's entropy in production, from a seed where a run must repeat.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

/// A shared source of randomness. Clones draw from the same source.
#[derive(Clone)]
pub struct Randomness {
    source: Arc<Mutex<dyn Rng + Send>>,
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
        Self { source: Arc::new(Mutex::new(source)) }
    }

    /// What an id needs.
    pub fn id_bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.source.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// From 0 up to and without 1.
    pub fn fraction(&self) -> f64 {
        self.source.lock().unwrap_or_else(PoisonError::into_inner).random()
    }
}
