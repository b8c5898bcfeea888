//! The lines that a program prints: JSON on standard output, one line a figure.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

use crate::phases::{Drained, Enqueued, Pickups};
use crate::settings::Database;

/// What a figure says.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Measure {
    #[serde(rename = "enqueue_1_caller_per_s")]
    EnqueueByOneCaller,
    #[serde(rename = "enqueue_100_callers_per_s")]
    EnqueueByHundredCallers,
    #[serde(rename = "enqueue_bulk_per_s")]
    EnqueueInBulk,
    #[serde(rename = "drain_per_s")]
    Drain,
    #[serde(rename = "pickup_p50_ms")]
    PickupMedian,
    #[serde(rename = "pickup_p99_ms")]
    PickupSlowest,
}

/// What all figures of one system have in common.
#[derive(Clone, Debug)]
pub struct Report {
    /// The system, its version and which of its settings, such as `river 0.5 tuned`.
    pub system: String,
    pub database: Database,
    /// How durable a commit is: SQLite's `synchronous`, PostgreSQL's `synchronous_commit`.
    pub sync: String,
    /// The settings in words; begins every note.
    pub settings: String,
}

#[derive(Serialize)]
struct Line<'a> {
    system: &'a str,
    database: Database,
    sync: &'a str,
    measure: Measure,
    value: f64,
    note: String,
}

impl Report {
    pub fn print(&self, measure: Measure, value: f64, note: &str) -> Result<()> {
        let parts: Vec<&str> = [self.settings.as_str(), note].into_iter().filter(|part| !part.is_empty()).collect();
        let line = Line {
            system: &self.system,
            database: self.database,
            sync: &self.sync,
            measure,
            value: (value * 1e3).round() / 1e3,
            note: parts.join("; "),
        };
        let mut stdout = io::stdout().lock();
        serde_json::to_writer(&mut stdout, &line)?;
        writeln!(stdout)?;
        Ok(())
    }

    pub fn print_enqueued(&self, measure: Measure, enqueued: &Enqueued) -> Result<()> {
        self.print(measure, enqueued.per_second, &enqueued.to_string())
    }

    pub fn print_drained(&self, drained: &Drained) -> Result<()> {
        self.print(Measure::Drain, drained.per_second(), &drained.to_string())
    }

    pub fn print_pickups(&self, pickups: &Pickups) -> Result<()> {
        let note = pickups.to_string();
        self.print(Measure::PickupMedian, pickups.latencies.percentile_ms(50), &note)?;
        self.print(Measure::PickupSlowest, pickups.latencies.percentile_ms(99), &note)
    }
}
