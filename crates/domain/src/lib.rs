//! The vocabulary that every other crate shares: ids, time, money, languages, job states, retry rules, limits, documents,
//! speech and accounts. No I/O here: nothing in this crate can wait, fail to connect, or read a clock.

pub mod account;
pub mod call;
pub mod document;
pub mod ids;
pub mod job;
pub mod language;
pub mod limits;
pub mod money;
pub mod speech;
pub mod study;
pub mod time;
