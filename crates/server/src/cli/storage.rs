//! `sluice storage`: what is kept in which tier, of everybody; the sweep and the verification of archives.

use bytesize::ByteSize;
use clap::Subcommand;
use sluice_app::app::App;
use sluice_app::keeping::{self, Doing, Report, Swept, TierPeriod, Verified};

use super::{Failure, say};
use crate::config::Config;
use crate::wiring;

#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Shows what is kept in which tier and for how long, how much more comes, and how full the disk is.
    Report {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Applies the rules now: archives and deletes what is due. A server does so by itself once a day.
    Sweep {
        /// Only says what is due.
        #[arg(long)]
        dry_run: bool,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Reads every archive, and compares it with what it was made from.
    Verify {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: StorageCommand) -> anyhow::Result<()> {
    let app = wiring::open(config).await?;
    let done = run_on(&app, command).await;
    app.platform.store.close().await;
    done
}

async fn run_on(app: &App, command: StorageCommand) -> anyhow::Result<()> {
    match command {
        StorageCommand::Report { json } => {
            let report = keeping::report(&app.keeper, None).await?;
            if json { say(&serde_json::to_string(&report)?) } else { say(&report_text(&report)) }
        }
        StorageCommand::Sweep { dry_run, json } => {
            let doing = if dry_run { Doing::DryRun } else { Doing::Moves };
            let swept = keeping::sweep(&app.keeper, doing, || false).await?;
            let text = if json { serde_json::to_string(&swept)? } else { swept_text(&swept, doing) };
            say(&text)?;
            match swept.failed {
                0 => Ok(()),
                failed => {
                    let could = if dry_run { "would not be moved" } else { "could not be moved" };
                    let detail = format!(
                        "{failed} {could} to the next tier; nothing of them is deleted, and the next sweep tries again"
                    );
                    Err(Failure::new("not_moved", "Something could not be moved", detail).into())
                }
            }
        }
        StorageCommand::Verify { json } => {
            let verified = keeping::verify(&app.keeper).await?;
            let text = if json { serde_json::to_string(&verified)? } else { verified_text(&verified) };
            say(&text)?;
            match verified.wrong.len() {
                0 => Ok(()),
                wrong => Err(Failure::new(
                    "archives_damaged",
                    "Archives are damaged",
                    format!(
                        "{wrong} of {} archives are not what they should be: restore them from a backup",
                        verified.archives
                    ),
                )
                .into()),
            }
        }
    }
}

fn report_text(report: &Report) -> String {
    let mut lines = vec![format!("{} in {} recordings", ByteSize(report.bytes), report.count)];
    for tier in &report.tiers {
        lines.push(format!("{} {}: {} in {}", tier.app, tier.tier.as_str(), ByteSize(tier.bytes), tier.count));
    }
    for kept in &report.periods {
        let (hot, warm) = (period_text(&kept.hot), period_text(&kept.warm));
        lines.push(format!("{}: hot {hot}, then warm {warm}; {} with days of their own", kept.app, kept.exceptions));
    }
    let coming = ByteSize(report.forecast.bytes_in_30_days);
    lines.push(format!("{coming} in 30 days, if as much arrives as in the last 30 and nothing is moved"));
    if let Some(disk) = &report.disk {
        lines.push(format!("disk: {} % of {} used", disk.used_percent, ByteSize(disk.bytes)));
        if disk.alert {
            lines.push("the disk is nearly full: shorten the periods, delete something, or make room".to_owned());
        }
    }
    if let Some(days) = report.forecast.days_to_alert {
        lines.push(format!("the disk is 80 % full in about {days} days"));
    }
    lines.join("\n")
}

fn period_text(period: &TierPeriod) -> String {
    period.days.map_or_else(|| "for ever".to_owned(), |days| format!("for {days} days"))
}

fn swept_text(swept: &Swept, doing: Doing) -> String {
    let mut lines: Vec<String> = Vec::with_capacity(swept.items.len() + 1);
    for item in &swept.items {
        let bytes = ByteSize(item.bytes_before);
        let (app, subject, tier, rule) = (item.app, &item.subject, item.tier.as_str(), &item.rule);
        lines.push(match &item.error {
            Some(error) => format!("{app} {subject} stays: {error}"),
            None => format!("{app} {subject}, {bytes}: {tier} ({rule})"),
        });
    }
    let (count, before) = (swept.moved.count, ByteSize(swept.moved.bytes_before));
    lines.push(match doing {
        Doing::DryRun => format!("{count} would be moved, with {before}"),
        Doing::Moves => format!("{count} were moved: {before} are now {}", ByteSize(swept.moved.bytes_after)),
    });
    lines.join("\n")
}

fn verified_text(verified: &Verified) -> String {
    let mut lines: Vec<String> = verified
        .wrong
        .iter()
        .map(|(app, owner, subject, what)| format!("{app} {subject} of {owner}: {what}"))
        .collect();
    lines.push(format!("{} archives were read, {} are wrong", verified.archives, verified.wrong.len()));
    lines.join("\n")
}
