//! What only OpenRouter has: fallbacks, and what a call cost whose answer was lost.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Number, Value, json};
use sluice_capability::{CallProgress, CapabilityError};
use sluice_domain::money::MicroUsd;

use crate::http::{Endpoint, Operation};
use crate::prices::dollars;

/// The header with its id of the work.
pub(crate) const ID: &str = "x-generation-id";
/// It has counted a call a while after that call.
pub(crate) const COUNTED_AFTER: Duration = Duration::from_secs(10);
/// How often, and how far apart, the cost of a call that has succeeded is asked for.
const TRIES: u32 = 3;
const APART: Duration = Duration::from_millis(700);

/// Adds to a request of a conversation what OpenRouter wants: other models that may answer; and only providers that keep to
/// the schema, which are otherwise free to ignore it.
pub(crate) fn complete(body: &mut Value, model: &str, fallbacks: &[String], with_schema: bool) {
    if !fallbacks.is_empty() {
        let models: Vec<&str> = std::iter::once(model).chain(fallbacks.iter().map(String::as_str)).collect();
        insert(body, "models", json!(models));
    }
    if with_schema {
        insert(body, "provider", json!({ "require_parameters": true }));
    }
}

fn insert(body: &mut Value, name: &str, value: Value) {
    if let Some(fields) = body.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

#[derive(Deserialize)]
struct Generation {
    data: Counted,
}

#[derive(Deserialize)]
struct Counted {
    total_cost: Option<Number>,
    is_byok: Option<bool>,
    upstream_inference_cost: Option<Number>,
}

impl Counted {
    fn cost(&self) -> Option<MicroUsd> {
        let fee = dollars(self.total_cost.as_ref()?)?;
        let upstream = self.upstream_inference_cost.as_ref().filter(|_| self.is_byok == Some(true));
        Some(fee + upstream.and_then(dollars).unwrap_or_default())
    }
}

async fn counted(endpoint: &Endpoint, id: &str) -> Result<Counted, CapabilityError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !id.chars().all(plain) {
        return Err(CapabilityError::fail("not_found", "OpenRouter has no such id"));
    }
    let reply = endpoint.get::<Generation>(Operation::QUESTION, &format!("/generation?id={id}")).await?;
    Ok(reply.value.data)
}

/// What became of a call whose answer was lost. The answer itself is not kept: if it was charged, only a person may have it
/// made and charged again.
pub(crate) async fn outcome(endpoint: &Endpoint, id: &str) -> Result<CallProgress, CapabilityError> {
    match counted(endpoint, id).await {
        Ok(counted) => Ok(match counted.cost() {
            Some(MicroUsd(0)) => CallProgress::Failed {
                message: "its answer was lost, and nothing was charged".to_owned(),
                cost: MicroUsd(0),
            },
            Some(cost) => {
                let message = "its answer was lost and is charged: retry the job to have it made and charged again";
                CallProgress::Rejected { code: "answer_lost".to_owned(), message: message.to_owned(), cost }
            }
            None => CallProgress::CannotTell,
        }),
        // It counts a call a while after it.
        Err(error) if error.code == "not_found" => {
            Ok(CallProgress::Pending { provider_id: id.to_owned(), poll_after: COUNTED_AFTER })
        }
        Err(error) => Err(error),
    }
}

/// What a call cost that has succeeded; nothing if that cannot be found out within a few seconds.
pub(crate) async fn cost(endpoint: &Endpoint, id: &str) -> Option<MicroUsd> {
    for n in 0..TRIES {
        if n > 0 {
            tokio::time::sleep(APART).await;
        }
        if let Ok(counted) = counted(endpoint, id).await {
            return counted.cost();
        }
    }
    None
}
