//! Faults: what goes wrong, and for which requests. By script, or at random by the seed.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::numbers::unit;
use crate::settings::Settings;

/// What goes wrong. In JSON an object with its `kind`, such as `{"kind": "rate_limit", "retry_after": 2}`, or the kind alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// 429 in the provider's form. `retry_after` is in seconds; without it there is no such header. With `quota` the limit is
    /// the account's, and waiting does not help.
    RateLimit {
        #[serde(default)]
        retry_after: Option<u64>,
        #[serde(default)]
        quota: bool,
    },
    /// A status in the provider's form, such as 500, 502 or 503.
    Status { status: u16 },
    /// A page of an edge server.
    Html {
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// 401: the key is revoked.
    Unauthorized,
    /// The prompt or the media are refused.
    Moderation,
    /// The account has no credits.
    NoCredits,
    /// A redirect to another address; an inner one unless it is said.
    Redirect {
        #[serde(default = "metadata_address")]
        to: String,
    },
    /// The connection is reset before anything is done or charged.
    ResetBefore,
    /// The connection is reset after everything is done and charged: the reply is lost.
    ResetAfter,
    /// The first byte comes after `ms` milliseconds; everything is done and charged before.
    Delay { ms: u64 },
    /// The body comes in pieces of `bytes`, one every `ms` milliseconds.
    SlowDrip {
        #[serde(default = "drip_ms")]
        ms: u64,
        #[serde(default = "drip_bytes")]
        bytes: usize,
    },
    /// The right status with no body.
    EmptyBody,
    /// Half of the body, then the connection is closed.
    TruncatedBody,
    /// Half of the body as if it were all of it: JSON that cannot be parsed.
    MalformedJson,
    /// 200 with an error inside.
    ErrorInside,
    /// A body of `bytes` bytes, 10 GB unless it is said.
    HugeBody {
        #[serde(default = "ten_gigabytes")]
        bytes: u64,
    },
    /// An error in the middle of a stream of events.
    StreamError,
    /// The model refuses to answer.
    Refusal,
    /// The answer is cut at the limit of tokens.
    CutByLength,
    /// Prose where JSON by a schema was asked for.
    IgnoresSchema,
    /// The model makes up facts: the numbers and the words of its quotations do not stand in the source.
    Invents,
    /// The webhook is sent before the reply to the submission.
    WebhookEarly,
    /// The webhook is sent twice.
    WebhookTwice,
    /// The webhook is never sent.
    WebhookNever,
    /// Another webhook precedes the true one, of somebody who does not know the secret: with another state, and another result.
    WebhookForged,
    /// The webhook is a year old, and so signed.
    WebhookOld,
    /// The first `times` links to the result have expired already.
    LinkExpired {
        #[serde(default = "once")]
        times: u64,
    },
    /// The submission takes long: `hops` redirects to the same address with the id of the call, as Modal answers after 150 s.
    SeeOther {
        #[serde(default = "once")]
        hops: u64,
    },
    /// The job never ends.
    NeverEnds,
    /// The job fails.
    JobError,
    /// The job is refused by moderation after it was accepted.
    JobRejected,
}

const fn bad_gateway() -> u16 {
    502
}

fn metadata_address() -> String {
    "http://169.254.169.254/latest/meta-data/".to_owned()
}

const fn drip_ms() -> u64 {
    100
}

const fn drip_bytes() -> usize {
    1
}

const fn ten_gigabytes() -> u64 {
    10_000_000_000
}

const fn once() -> u64 {
    1
}

/// A fault by its name, or with what it needs.
fn fault<'de, D: Deserializer<'de>>(from: D) -> Result<Fault, D::Error> {
    let value = match Value::deserialize(from)? {
        Value::String(kind) => json!({ "kind": kind }),
        other => other,
    };
    serde_json::from_value(value).map_err(serde::de::Error::custom)
}

fn faults<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Fault>, D::Error> {
    #[derive(Deserialize)]
    struct Named(#[serde(deserialize_with = "fault")] Fault);
    Ok(Vec::<Named>::deserialize(from)?.into_iter().map(|named| named.0).collect())
}

/// Which requests a rule is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// The provider; every one without it.
    pub provider: Option<String>,
    /// The operation; every one without it.
    pub operation: Option<String>,
    /// The first of the matching requests that fails, counted from 1; the first one without it.
    pub nth: Option<u64>,
    /// How many fail from there on: one without it, all with 0.
    pub count: Option<u64>,
}

impl Match {
    /// What it names that is not served, with what is.
    fn unknown(&self, served: &BTreeSet<(&'static str, &'static str)>) -> Option<String> {
        let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
        let providers: BTreeSet<&str> = served.iter().map(|(provider, _)| *provider).collect();
        if let Some(name) = self.provider.as_deref().filter(|name| !providers.contains(name)) {
            return Some(format!("there is no provider \"{name}\"; there are: {}", list(providers)));
        }
        let of_provider =
            served.iter().filter(|(provider, _)| self.provider.as_deref().is_none_or(|only| only == *provider));
        let operations: BTreeSet<&str> = of_provider.map(|(_, operation)| *operation).collect();
        let name = self.operation.as_deref().filter(|name| !operations.contains(name))?;
        let of = self.provider.as_ref().map_or_else(String::new, |provider| format!(" of {provider}"));
        Some(format!("there is no operation \"{name}\"{of}; there are: {}", list(operations)))
    }

    fn is_for(&self, provider: &str, operation: &str) -> bool {
        self.provider.as_deref().is_none_or(|only| only == provider)
            && self.operation.as_deref().is_none_or(|only| only == operation)
    }
}

/// A fault for some requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For which.
    #[serde(rename = "match", default)]
    pub matches: Match,
    /// What goes wrong.
    #[serde(deserialize_with = "fault")]
    pub fault: Fault,
    /// How many requests matched so far.
    #[serde(skip_deserializing)]
    pub seen: u64,
}

/// Faults at random, decided by the seed, the operation and the number of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Random {
    /// The share of requests that fail, from 0 to 1.
    pub rate: f64,
    /// What may go wrong.
    #[serde(deserialize_with = "faults")]
    pub faults: Vec<Fault>,
    /// For which; `nth` and `count` say nothing here.
    #[serde(rename = "match", default)]
    pub matches: Match,
}

/// What is planned. In JSON a list of rules, or an object.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// By script: the first rule that applies decides.
    pub script: Vec<Rule>,
    /// At random, for requests that no rule applies to.
    pub random: Option<Random>,
    /// What is set; nothing changes without it.
    pub settings: Option<Settings>,
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Whole {
            #[serde(default)]
            script: Vec<Rule>,
            random: Option<Random>,
            settings: Option<Settings>,
        }
        let value = Value::deserialize(from)?;
        let value = if value.is_array() { json!({ "script": value }) } else { value };
        let Whole { script, random, settings } = serde_json::from_value(value).map_err(serde::de::Error::custom)?;
        Ok(Self { script, random, settings })
    }
}

impl Plan {
    /// The first name in it of a provider or an operation that is not served: its rule would never apply.
    pub(crate) fn unknown(&self, served: &BTreeSet<(&'static str, &'static str)>) -> Option<String> {
        let rules = self.script.iter().map(|rule| &rule.matches);
        rules.chain(self.random.iter().map(|random| &random.matches)).find_map(|matches| matches.unknown(served))
    }

    /// The fault of a request, the `number`th of its operation. `seed` decides what is random.
    pub(crate) fn take(&mut self, provider: &str, operation: &str, number: u64, seed: u64) -> Option<Fault> {
        let mut found = None;
        for rule in self.script.iter_mut().filter(|rule| rule.matches.is_for(provider, operation)) {
            rule.seen += 1;
            let first = rule.matches.nth.unwrap_or(1).max(1);
            let beyond = match rule.matches.count.unwrap_or(1) {
                0 => u64::MAX,
                count => first.saturating_add(count),
            };
            if found.is_none() && (first..beyond).contains(&rule.seen) {
                found = Some(rule.fault.clone());
            }
        }
        found.or_else(|| {
            let random = self.random.as_ref().filter(|random| random.matches.is_for(provider, operation))?;
            let hash = crate::state::hash(seed, &[provider, operation, &number.to_string(), "fault"]);
            if unit(hash) >= random.rate {
                return None;
            }
            let which = hash.rotate_left(32) % u64::try_from(random.faults.len()).ok().filter(|all| *all > 0)?;
            random.faults.get(usize::try_from(which).ok()?).cloned()
        })
    }
}
