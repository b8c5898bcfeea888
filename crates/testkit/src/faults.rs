//! Failures that a test plans, by the name of the unit of work.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_store::faults::{Fault, Faults};

/// Fails the next units of work that were planned to, and no other. Clones share the plan.
#[derive(Debug, Clone, Default)]
pub struct PlannedFaults {
    plan: Arc<Mutex<VecDeque<(&'static str, Fault)>>>,
}

impl PlannedFaults {
    /// The next unit of work called `point` that has no earlier plan fails in this way.
    pub fn plan(&self, point: &'static str, fault: Fault) {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).push_back((point, fault));
    }

    /// Everything that was planned has happened.
    pub fn all_happened(&self) -> bool {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl Faults for PlannedFaults {
    fn at(&self, point: &'static str) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let place = plan.iter().position(|(planned, _)| *planned == point)?;
        plan.remove(place).map(|(_, fault)| fault)
    }
}
