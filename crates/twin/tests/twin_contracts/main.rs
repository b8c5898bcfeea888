//! The twin from outside: what each provider answers, what goes wrong, and what is charged.
#![expect(clippy::unwrap_used, reason = "tests")]

mod faults;
mod providers;
mod support;
