//! `sluice limits`: concurrency, rates, and the weights of owners.

use std::time::Duration;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sluice_app::controls::{self, Lifted, Limited};
use sluice_store::controls::{Limit, Rate, RateOf, Unit};

use super::{jobs, say};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum LimitsCommand {
    /// Lists every limit, weight and rate.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Sets a concurrency limit, a rate, or an owner's weight. Other settings stay unchanged.
    #[command(override_usage = "sluice limits set <TARGET> <LIMIT>... [OPTIONS]\n  \
        TARGET: --owner, --kind, --key or --provider, with a name\n  \
        LIMIT:  --concurrency, --weight or --rate, with a value")]
    Set {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        setting: Setting,
        /// What the rate counts: requests, tokens, seconds (of sound) or characters.
        #[arg(long, value_parser = unit, default_value = "requests")]
        unit: Unit,
        /// Burst of the rate: the most at once after an idle period [default: the amount of one period].
        #[arg(long, requires = "rate", value_name = "AMOUNT")]
        burst: Option<u64>,
    },
    /// Removes the given limits, or all limits of the target.
    Unset {
        #[command(flatten)]
        target: Target,
        /// The concurrency limit.
        #[arg(long)]
        concurrency: bool,
        /// The weight.
        #[arg(long)]
        weight: bool,
        /// The rates of all units, or of --unit only.
        #[arg(long)]
        rate: bool,
        /// Only the rate of this unit.
        #[arg(long, value_parser = unit, requires = "rate")]
        unit: Option<Unit>,
    },
}

/// The target of a limit. The name '*' stands for each target without a limit of its own.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Target {
    /// An owner.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// A kind of job, such as reel.scene.
    #[arg(long, value_name = "NAME")]
    kind: Option<String>,
    /// The key that some jobs share.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// A provider.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
}

/// What is set.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Setting {
    /// Most jobs that run at the same time.
    #[arg(long, value_name = "NUMBER")]
    concurrency: Option<u32>,
    /// An owner's share of each pool: twice the weight, twice the jobs.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), conflicts_with_all = ["kind", "key", "provider"])]
    weight: Option<u32>,
    /// Amount per time, such as 60/m, 5/s, 90000/h or 100/10s.
    #[arg(long, value_parser = rate, value_name = "AMOUNT/TIME")]
    rate: Option<(u64, Duration)>,
}

impl Target {
    fn scope(&self) -> anyhow::Result<controls::Target<'_>> {
        let of = [("owner", &self.owner), ("kind", &self.kind), ("key", &self.key), ("provider", &self.provider)];
        match of.iter().find_map(|(scope, name)| Some(controls::Target { scope, name: name.as_deref()? })) {
            Some(found) => Ok(found),
            None => bail!("name what is limited: --owner, --kind, --key or --provider"),
        }
    }
}

fn unit(text: &str) -> Result<Unit, String> {
    Unit::parse(text).ok_or_else(|| format!("choose one of {}", Unit::ALL.map(Unit::as_str).join(", ")))
}

/// An amount per period: `60/m`, `100/10s`. A unit without a number means one of it.
fn rate(text: &str) -> Result<(u64, Duration), String> {
    let read = || {
        let (amount, time) = text.split_once('/')?;
        let one = if time.starts_with(|first: char| first.is_ascii_digit()) { "" } else { "1" };
        let period = humantime::parse_duration(&format!("{one}{time}")).ok()?;
        Some((amount.parse().ok()?, period)).filter(|_| !period.is_zero())
    };
    read().ok_or_else(|| "an amount per time is needed, such as 60/m, 5/s, 90000/h or 100/10s".to_owned())
}

fn brief(it: &RateOf) -> Value {
    json!({ "scope": it.scope, "name": it.name, "unit": it.unit, "amount": it.rate.amount,
        "period_ms": it.rate.per.as_millis(), "burst": it.rate.burst })
}

pub(crate) async fn run(config: &Config, command: LimitsCommand) -> anyhow::Result<()> {
    let engine = jobs::open(config).await?;
    let store = engine.store();
    match command {
        LimitsCommand::List { json } => {
            let Limited { limits, rates } = controls::list(store).await?;
            if json { list_json(&limits, &rates) } else { list(&limits, &rates) }
        }
        LimitsCommand::Set { target, setting, unit, burst } => {
            let target = target.scope()?;
            if setting.weight.is_some() && target.name == "*" {
                bail!("a weight belongs to one owner: name the owner instead of '*'");
            }
            let Setting { concurrency, weight, rate } = setting;
            let rate = rate.map(|(amount, per)| (unit, Rate { amount, per, burst: burst.unwrap_or(amount) }));
            controls::set(store, target, controls::Setting { concurrency, weight, rate }).await?;
            say(&format!("{} {} is limited", target.scope, target.name))
        }
        LimitsCommand::Unset { target, concurrency, weight, rate, unit } => {
            let target = target.scope()?;
            let named = Lifted { concurrency, weight, rate, unit };
            let lifted = if concurrency || weight || rate { named } else { Lifted::ALL };
            if !controls::unset(store, target, lifted).await? {
                bail!("{} {} has no such limit", target.scope, target.name);
            }
            say(&format!("{} {} is not limited any more", target.scope, target.name))
        }
    }
}

fn list_json(limits: &[Limit], rates: &[RateOf]) -> anyhow::Result<()> {
    let limits: Vec<_> = limits
        .iter()
        .map(|it| json!({ "scope": it.scope, "name": it.name, "concurrency": it.concurrency, "weight": it.weight }))
        .collect();
    say(&json!({ "limits": limits, "rates": rates.iter().map(brief).collect::<Vec<_>>() }).to_string())
}

fn list(limits: &[Limit], rates: &[RateOf]) -> anyhow::Result<()> {
    let line = |scope: &str, name: &str, limit: &str| say(&format!("{scope:<9} {name:<20} {limit}"));
    line("of", "name", "limit")?;
    for it in limits {
        if let Some(most) = it.concurrency {
            line(&it.scope, &it.name, &format!("{most} at once"))?;
        }
        if it.weight != 1 {
            line(&it.scope, &it.name, &format!("weight {}", it.weight))?;
        }
    }
    for RateOf { scope, name, unit, rate } in rates {
        let per = humantime::format_duration(rate.per).to_string();
        // As it is typed: 60/m, and not 60/1m.
        let per = per.strip_prefix('1').filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(&per);
        let text = format!("{} {}/{per}, {} at once", rate.amount, unit.as_str(), rate.burst);
        line(scope, name, &text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_is_shown_can_be_given() {
        for (text, seconds) in [("60/m", 60), ("5/s", 1), ("90000/h", 3_600), ("100/10s", 10), ("7/2d", 172_800)] {
            let (amount, per) = rate(text).unwrap();
            assert_eq!(per, Duration::from_secs(seconds));
            assert_eq!(rate(&format!("{amount}/{}", humantime::format_duration(per))), Ok((amount, per)));
        }
        assert_eq!(rate("1/250ms"), Ok((1, Duration::from_millis(250))));
        for bad in ["60", "m/60", "60/", "60/x", "-1/m", "1/0s", "1.5/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }
}
