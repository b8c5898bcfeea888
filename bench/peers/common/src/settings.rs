//! What the caller of a program chooses.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use serde::Serialize;

/// Measures a job queue and prints one line of JSON for each figure.
#[derive(Debug, Parser)]
pub struct Settings {
    /// The database to measure on.
    #[arg(long)]
    pub database: Database,
    /// How many jobs to enqueue in bulk and to drain.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub jobs: u64,
    /// How many pickups to time.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub samples: u64,
    /// The address of an empty PostgreSQL database.
    #[arg(long, env = "PEERS_POSTGRES", hide_env_values = true)]
    postgres: Option<String>,
    /// The folder for SQLite's files.
    #[arg(long, env = "PEERS_FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Settings {
    /// The address of the PostgreSQL database.
    pub fn postgres(&self) -> Result<&str> {
        self.postgres.as_deref().context("set PEERS_POSTGRES to the address of an empty PostgreSQL database")
    }

    /// The folder for SQLite's files; exists.
    pub fn folder(&self) -> Result<PathBuf> {
        let folder = self.folder.clone().context("set PEERS_FOLDER to a folder for SQLite's files")?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    /// Where a SQLite database of this name is to be; nothing is there.
    pub fn new_sqlite_file(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder()?;
        for suffix in ["", "-wal", "-shm"] {
            let old = folder.join(format!("{name}{suffix}"));
            if old.exists() {
                fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
            }
        }
        Ok(folder.join(name))
    }
}
