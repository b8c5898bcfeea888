//! Planned failures at named places, so that tests can show what a crash or a lost reply leaves behind.

/// What goes wrong with a unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is undone, as by a crash, a full disk or a lost connection before its commit.
    BeforeCommit,
    /// It is kept, and its caller is told that it failed, as by a connection that is lost after the commit.
    LostReply,
}

/// Decides which unit of work fails.
pub trait Faults: Send + Sync {
    /// Asked once for each unit of work that is about to commit, by the name that it was given
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
