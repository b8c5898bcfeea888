//! Jobs: their rows, and every change of them. A change reads the row under its fence, applies one of the transitions of
//! `machine.rs`, and writes the row and its event in the same unit of work.
//!
//! Functions that take an id from a request take the owner, too, and do not find jobs of another owner. Operations over all
//! owners are in [`operator`]; the engine's own writes need a lease.

mod admission;
mod bucket;
mod change;
mod claim;
mod dependencies;
mod family;
mod lease;
mod list;
mod machine;
mod maintenance;
mod new;
pub mod operator;
mod owned;
mod owner_queues;
pub(crate) mod rates;
pub(crate) mod row;
mod settle;
mod signals;
pub mod spend;
mod steps;
mod unreadable;
mod why;

pub(crate) use change::{Change, Common, changed, changed_with, emit_change};
pub use claim::{Charge, Claim, Claimed, Claims, charge, claim, claim_one_by_one};
pub use lease::{cancelling, hold, renew};
pub use list::{Filter, Redrive};
pub use machine::Then;
pub(crate) use maintenance::due_now;
pub use maintenance::{BATCH, PATIENCE, Task, due, next_due, perform, perform_all};
pub use new::{NewJob, check, enqueue, enqueue_many};
pub use owned::{
    cancel, cancel_of, children, dependencies_of, find, get, list, log_of, redrive, retry, send_signal, steps_of,
    unfinished_of, why,
};
pub(crate) use owner_queues::ALLOWED_LATENESS;
pub use owner_queues::LowWaterMarks;
pub use rates::{Amounts, correct_amounts};
pub use row::{JobError, JobRow, Lease, Need, Wake};
pub use settle::{Ended, Finish, Settlement, settle, settle_many};
pub use signals::{CHILDREN, Signalled};
pub use steps::{LogLine, Step, StepChange, save_progress};
pub use unreadable::Unreadable;
pub(crate) use unreadable::readable;
pub use why::{Reason, Why};
