//! Jobs and what bounds them, from where the engine stands: the public functions of the store. Each test runs on both
//! databases, and ends with a ledger that adds up.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod budgets;
mod calls;
mod checkpoint;
mod claiming;
mod controls;
mod dependencies;
mod families;
mod gauges;
mod leases;
mod maintenance;
mod making;
mod money_locks;
mod owners;
mod paid_calls;
mod providers;
mod races;
mod rates;
mod reservations;
mod schedules;
mod settling;
mod single_flight;
mod unpriced;
mod unreadable;
mod waiting;
mod workers;
mod world;

pub(crate) use world::{Random, World, ada, error, omar, seconds, then};

/// Makes a test on each database of every function that takes a [`World`].
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let world = crate::World::open(sluice_store::Dialect::Sqlite).await;
                super::$test(&world).await;
                world.end().await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let world = crate::World::open(sluice_store::Dialect::Postgres).await;
                super::$test(&world).await;
                world.end().await;
            })+
        }
    };
}
pub(crate) use on_both_databases;
