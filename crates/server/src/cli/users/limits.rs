//! `sluice user limits`: what an account may use, and what it uses.

use clap::Args;
use serde_json::{Value, json};
use sluice_app::account::Accounts;
use sluice_app::limits::{State, Usage, UsageEntry, change};
use sluice_domain::account::Email;
use sluice_domain::limits::{Limited, Overrides};
use sluice_domain::money::MicroUsd;

use super::say;
use crate::config::{Config, size_text};
use crate::wiring;

#[derive(Debug, Args)]
pub(crate) struct UserLimits {
    /// The email address.
    email: Email,
    /// Gives the account this plan.
    #[arg(long, value_name = "NAME")]
    plan: Option<String>,
    /// Limits in the place of the plan's, as JSON, instead of those of before: {"jobs": {"hard": 5, "seconds": 3600}}. null
    /// lifts a limit, and {} leaves the plan as it is.
    #[arg(long, value_name = "JSON", value_parser = overrides)]
    set: Option<Overrides>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

fn overrides(text: &str) -> Result<Overrides, String> {
    serde_json::from_str(text).map_err(|error| format!("limits as JSON are needed, see docs/limits.md: {error}"))
}

pub(super) async fn run(config: &Config, accounts: &Accounts, asked: UserLimits) -> anyhow::Result<()> {
    let platform = wiring::open(config).await?.platform;
    let account = accounts.by_email(&asked.email).await?;
    let owner = &account.owner;
    let usage = if asked.plan.is_none() && asked.set.is_none() {
        change::show(&platform.store, &platform.limits, owner).await?
    } else {
        change::change(&platform.store, &platform.limits, owner, asked.plan, asked.set.unwrap_or(account.limits))
            .await?
    };
    if asked.json {
        return say(&as_json(&usage).to_string());
    }
    say(&format!("plan {}", usage.terms.plan_name))?;
    if !platform.limits.plans.has(&usage.terms.plan_name) {
        say("This plan is not configured here: the limits of the plan standard apply.")?;
    }
    say(&format!("{:<16} {:<8} {:>14} {:>14} {:>14}  state", "limit", "of", "used", "warns at", "limit"))?;
    for entry in &usage.limits {
        let soft = entry.soft.map_or_else(|| "-".to_owned(), |soft| shown(entry.limited, soft));
        let (used, hard) = (shown(entry.limited, entry.used), shown(entry.limited, entry.hard));
        let window = entry.seconds.map_or_else(String::new, |seconds| {
            format!(", in {}", humantime::format_duration(std::time::Duration::from_secs(seconds.into())))
        });
        let (limited, holder, state) = (entry.limited.as_str(), entry.holder.as_str(), state(entry));
        say(&format!("{limited:<16} {holder:<8} {used:>14} {soft:>14} {hard:>14}  {state}{window}"))?;
    }
    let (bytes, jobs, money) = (size_text(usage.bytes_kept), usage.jobs_at_once, usage.money);
    say(&format!("kept: {bytes}; jobs: {jobs}; spent today: {}, this month: {}", money.today, money.this_month))
}

/// An amount in its unit.
fn shown(limited: Limited, amount: u64) -> String {
    match limited {
        Limited::BytesKept => size_text(amount),
        Limited::MoneyPerDay | Limited::MoneyPerMonth => {
            MicroUsd(i64::try_from(amount).unwrap_or(i64::MAX)).to_string()
        }
        _ => amount.to_string(),
    }
}

const fn name(state: State) -> &'static str {
    match state {
        State::Fine => "fine",
        State::Near => "near",
        State::Reached => "reached",
    }
}

fn state(entry: &UsageEntry) -> &'static str {
    name(entry.state())
}

fn as_json(usage: &Usage) -> Value {
    let limits = usage.limits.iter().map(|entry| {
        json!({ "limit": entry.limited, "holder": entry.holder, "used": entry.used, "hard": entry.hard,
            "soft": entry.soft, "window_seconds": entry.seconds, "resets_at": entry.resets_at, "state": state(entry) })
    });
    json!({
        "plan": usage.terms.plan_name, "overrides": usage.terms.overrides, "limits": limits.collect::<Vec<_>>(),
        "bytes_kept": usage.bytes_kept, "jobs_at_once": usage.jobs_at_once, "micro_usd_today": usage.money.today,
        "micro_usd_this_month": usage.money.this_month,
    })
}
