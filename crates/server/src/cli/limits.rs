//! `sluice limits`: how much may run at once, how much of anything per time, and how owners share.

use std::time::Duration;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sluice_store::controls::{self, Limit, Rate, RateOf, Unit};
use sluice_store::{StoreError, Tx};

use super::{jobs, say};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum LimitsCommand {
    /// Every limit, weight and rate.
    List {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Sets how many run at once, how many there are per time, or an owner's weight. What is not named stays.
    Set {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        setting: Setting,
        /// What the rate counts: requests, tokens, seconds (of sound) or characters.
        #[arg(long, value_parser = unit, default_value = "requests")]
        unit: Unit,
        /// The most at once under the rate, after a while without any; by default what one period has.
        #[arg(long, requires = "rate")]
        burst: Option<u64>,
    },
    /// Takes limits away: those that are named, or all.
    Unset {
        #[command(flatten)]
        target: Target,
        /// How many run at once.
        #[arg(long)]
        concurrency: bool,
        /// The weight.
        #[arg(long)]
        weight: bool,
        /// The rates of all units, or of the one that is named.
        #[arg(long)]
        rate: bool,
        /// Of this unit alone.
        #[arg(long, value_parser = unit, requires = "rate")]
        unit: Option<Unit>,
    },
}

/// What is limited. The name '*' is for each one without a limit of its own.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Target {
    /// An owner.
    #[arg(long)]
    owner: Option<String>,
    /// A kind of job, such as reel.scene.
    #[arg(long)]
    kind: Option<String>,
    /// The key that some jobs share.
    #[arg(long)]
    key: Option<String>,
    /// A provider.
    #[arg(long)]
    provider: Option<String>,
}

/// What is set.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Setting {
    /// At most so many run at once.
    #[arg(long)]
    concurrency: Option<u32>,
    /// An owner's part of each pool: twice the weight, twice the work.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), conflicts_with_all = ["kind", "key", "provider"])]
    weight: Option<u32>,
    /// So many per time, such as 60/m, 5/s, 90000/h or 100/10s.
    #[arg(long, value_parser = rate, value_name = "AMOUNT/TIME")]
    rate: Option<(u64, Duration)>,
}

impl Target {
    fn scope(&self) -> anyhow::Result<(&'static str, &str)> {
        let of = [("owner", &self.owner), ("kind", &self.kind), ("key", &self.key), ("provider", &self.provider)];
        match of.iter().find_map(|(scope, name)| Some((*scope, name.as_deref()?))) {
            Some(found) => Ok(found),
            None => bail!("say what: --owner, --kind, --key or --provider"),
        }
    }
}

fn unit(text: &str) -> Result<Unit, String> {
    Unit::parse(text).ok_or_else(|| format!("one of {}", Unit::ALL.map(Unit::as_str).join(", ")))
}

/// Names of periods, the longest first.
const PERIODS: [(&str, Duration); 5] = [
    ("d", Duration::from_hours(24)),
    ("h", Duration::from_hours(1)),
    ("m", Duration::from_mins(1)),
    ("s", Duration::from_secs(1)),
    ("ms", Duration::from_millis(1)),
];

fn rate(text: &str) -> Result<(u64, Duration), String> {
    let read = || {
        let (amount, time) = text.split_once('/')?;
        let digits = time.bytes().take_while(u8::is_ascii_digit).count();
        let (count, name) = time.split_at(digits);
        let count: u32 = if count.is_empty() { 1 } else { count.parse().ok()? };
        let (_, period) = PERIODS.into_iter().find(|(known, _)| *known == name)?;
        Some((amount.parse().ok()?, period.checked_mul(count)?))
    };
    read()
        .ok_or_else(|| "an amount per time, such as 60/m: the time is d, h, m, s or ms, or a number of them".to_owned())
}

/// As it is given on the command line.
fn period(per: Duration) -> String {
    let millis = per.as_millis();
    let fits = |(_, unit): &&(&str, Duration)| millis.is_multiple_of(unit.as_millis());
    let (name, unit) = PERIODS.iter().find(fits).copied().unwrap_or(("ms", Duration::from_millis(1)));
    match millis / unit.as_millis() {
        1 => name.to_owned(),
        count => format!("{count}{name}"),
    }
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
            let (limits, rates) = store
                .read(async |tx| Ok::<_, StoreError>((controls::limits(tx).await?, controls::rates(tx).await?)))
                .await?;
            if json { list_json(&limits, &rates) } else { list(&limits, &rates) }
        }
        LimitsCommand::Set { target, setting, unit, burst } => {
            let (scope, name) = target.scope()?;
            if setting.weight.is_some() && name == "*" {
                bail!("a weight is one owner's: name the owner");
            }
            store.write(async |tx| set(tx, scope, name, &setting, (unit, burst)).await).await?;
            say(&format!("{scope} {name} is limited"))
        }
        LimitsCommand::Unset { target, concurrency, weight, rate, unit } => {
            let (scope, name) = target.scope()?;
            let all = !(concurrency || weight || rate);
            let unset = async |tx: &mut Tx| {
                let mut gone = false;
                for limit in controls::limits(tx).await?.iter().filter(|it| it.scope == scope && it.name == name) {
                    if (all || concurrency) && limit.concurrency.is_some() {
                        controls::set_limit(tx, scope, name, None).await?;
                        gone = true;
                    }
                    if (all || weight) && limit.weight != 1 {
                        controls::set_weight(tx, name, 1).await?;
                        gone = true;
                    }
                }
                for it in controls::rates(tx).await?.iter().filter(|it| it.scope == scope && it.name == name) {
                    if all || rate && unit.is_none_or(|unit| unit == it.unit) {
                        controls::set_rate(tx, scope, name, it.unit, None).await?;
                        gone = true;
                    }
                }
                Ok::<_, StoreError>(gone)
            };
            if !store.write(unset).await? {
                bail!("{scope} {name} has no such limit");
            }
            say(&format!("{scope} {name} is limited no more"))
        }
    }
}

async fn set(
    tx: &mut Tx,
    scope: &str,
    name: &str,
    setting: &Setting,
    (unit, burst): (Unit, Option<u64>),
) -> Result<(), StoreError> {
    if let Some(concurrency) = setting.concurrency {
        controls::set_limit(tx, scope, name, Some(concurrency.into())).await?;
    }
    if let Some(weight) = setting.weight {
        controls::set_weight(tx, name, weight).await?;
    }
    if let Some((amount, per)) = setting.rate {
        let rate = Rate { amount, per, burst: burst.unwrap_or(amount) };
        controls::set_rate(tx, scope, name, unit, Some(rate)).await?;
    }
    Ok(())
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
        let text = format!("{} {}/{}, {} at once", rate.amount, unit.as_str(), period(rate.per), rate.burst);
        line(scope, name, &text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_shown_in_the_same_words() {
        for (text, seconds) in [("60/m", 60), ("5/s", 1), ("90000/h", 3_600), ("100/10s", 10), ("7/2d", 172_800)] {
            let (amount, per) = rate(text).unwrap();
            assert_eq!(per, Duration::from_secs(seconds));
            assert_eq!(format!("{amount}/{}", period(per)), text);
        }
        assert_eq!(rate("1/250ms"), Ok((1, Duration::from_millis(250))));
        for bad in ["60", "m/60", "60/", "60/x", "-1/m", "1/99999999999s", "1.5/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }
}
