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

/// Continues a conversation.
pub trait Complete: Does<Completing> {}

impl<T: Does<Completing> + ?Sized> Complete for T {}

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions for the model.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its author.
    pub role: Role,
    /// Its text.
    pub text: String,
}

/// A conversation to continue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompleteRequest {
    /// The messages so far, in order.
    pub messages: Vec<Message>,
    /// A JSON schema that the answer must match.
    pub schema: Option<Value>,
    /// The most tokens of the answer.
    pub max_output_tokens: u32,
    /// The sampling temperature, from 0 to 2.
    pub temperature: Option<f32>,
    /// It is one call, since calls are counted: what is no JSON is given as it is, and not asked for once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It is complete.
    Stop,
    /// It reached the limit of tokens.
    Length,
    /// A content filter stopped it.
    Filtered,
}

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Its text; JSON if a schema was given.
    pub text: String,
    /// Why it ended.
    pub finish: Finish,
}
