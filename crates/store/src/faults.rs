//! Fault injection at named points, so that tests can show what a crash or a lost reply leaves behind.

/// What goes wrong with a unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is rolled back, as by a crash, a full disk or a lost connection before its commit.
    BeforeCommit,
    /// It is committed, and its caller gets an error, as after a connection that is lost during the commit.
    LostReply,
    /// It is rolled back because another unit of work came first, and is run again.
    LostRace,
}

/// Decides which unit of work fails.
pub trait Faults: Send + Sync {
    /// Called once for each unit of work that is about to commit, with its name
    /// (see [`crate::Tx::at`]).
    fn at(&self, point: &'static str) -> Option<Fault>;
}

/// Nothing fails on purpose.
#[derive(Debug, Clone, Copy)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn at(&self, _point: &'static str) -> Option<Fault> {
        None
    }
}
