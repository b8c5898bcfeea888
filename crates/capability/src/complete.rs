//! Text from a language model.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Capability, Does};

/// The capability of [`Complete`].
#[derive(Debug, Clone, Copy)]
pub struct Completing;

impl Capability for Completing {
    const NAME: &'static str = "complete";
    type Request = CompleteRequest;
    type Output = Completion;
}

/// Goes on with a conversation.
pub trait Complete: Does<Completing> {}

impl<T: Does<Completing> + ?Sized> Complete for T {}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// How to answer.
    System,
    /// The one who asks.
    User,
    /// The one who answers.
    Assistant,
}

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who.
    pub role: Role,
    /// What.
    pub text: String,
}

/// A conversation that is to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompleteRequest {
    /// What was said so far, in order.
    pub messages: Vec<Message>,
    /// A JSON schema that the answer obeys.
    pub schema: Option<Value>,
    /// Most tokens of the answer.
    pub max_output_tokens: u32,
    /// From 0, the likeliest answer, to 2.
    pub temperature: Option<f32>,
}

/// Why an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It is whole.
    Stop,
    /// It was cut at the most tokens.
    Length,
    /// It was cut by a filter.
    Filtered,
}

/// What a model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Its text; JSON when a schema was given.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
}
