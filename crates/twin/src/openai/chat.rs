//! `POST /chat/completions`, at `OpenAI` and `OpenRouter`.

use axum::Json;
use axum::extract::Query;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::chat_reply::{Reply, respond};
use super::{model, object, reference};
use crate::bill::prices;
use crate::call::{Call, Provider};
use crate::faults::Fault;
use crate::phrases::drafted;
use crate::refusal::{Refusal, Refused};
use crate::schema::{check_strict, generate};
use crate::source::Source;
use crate::state::hash;
use crate::text::{self, tokens};

/// The most characters of a prompt; what is longer does not fit in the context.
const PROMPT: usize = 4_000_000;
/// The most choices of a reply.
const CHOICES: u64 = 128;
/// Chats that are kept to be listed.
const STORED: usize = 100_000;

pub(crate) async fn complete(call: Call, body: Bytes) -> Result<Response, Refused> {
    let body = object(&call, &body)?;
    let model = model(&call, &body)?.to_owned();
    let messages = body.get("messages").and_then(Value::as_array).filter(|messages| !messages.is_empty());
    let Some(messages) = messages else {
        return Err(call.refuse(Refusal::field("messages", "Missing required parameter: 'messages'.")));
    };
    let prompt = said(messages, |_| true);
    if prompt.len() > PROMPT {
        let message = format!(
            "This model's maximum context length is 1000000 tokens. Your messages resulted in {} tokens.",
            tokens(&prompt)
        );
        let code = Some("context_length_exceeded");
        return Err(call.refuse(Refusal::Invalid { message, param: Some("messages".to_owned()), code }));
    }
    let format = Format::of(&call, &body)?;
    let asked = said(messages, |role| role == "user");
    let mut reply = answer(&call, &body, &format, &asked, &prompt);
    let limit = ["max_completion_tokens", "max_tokens"].iter().find_map(|field| body.get(field)?.as_u64());
    reply.cut(limit, call.fails_with(&Fault::CutByLength));
    reply.id = call.twin.id(if call.operation.provider == Provider::OpenRouter { "gen-" } else { "chatcmpl-" });
    reply.model = model;
    reply.created = call.twin.now_seconds();
    reply.prompt_tokens = tokens(&prompt).max(1);
    reply.choices = body.get("n").and_then(Value::as_u64).unwrap_or(1).clamp(1, CHOICES);
    let price = prices::chat(reply.prompt_tokens, reply.completion_tokens());
    reply.micro_usd = price;
    call.charge(price, &reply.id, reference(&body));
    store(&call, &body, &reply);
    Ok(respond(&call, &body, &reply))
}

/// What the format of the answer is to be.
enum Format<'a> {
    Text,
    Object,
    Schema(&'a Value),
}

impl<'a> Format<'a> {
    fn of(call: &Call, body: &'a Value) -> Result<Self, Refused> {
        let Some(format) = body.get("response_format") else { return Ok(Self::Text) };
        match format.get("type").and_then(Value::as_str) {
            Some("text") => Ok(Self::Text),
            // llama.cpp has its schema here.
            Some("json_object") => Ok(format.get("schema").map_or(Self::Object, Self::Schema)),
            Some("json_schema") => {
                let described = format.get("json_schema").unwrap_or(format);
                let refuse = |message: String| call.refuse(Refusal::field("response_format", message));
                let name = described.get("name").and_then(Value::as_str).unwrap_or("response");
                let Some(schema) = described.get("schema").filter(|schema| schema.is_object()) else {
                    return Err(refuse("Missing required parameter: 'response_format.json_schema.schema'.".to_owned()));
                };
                let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
                if name.is_empty() || name.len() > 64 || !name.chars().all(is_name) {
                    return Err(refuse(
                        "Invalid 'response_format.json_schema.name': string does not match pattern.".to_owned(),
                    ));
                }
                if described.get("strict").and_then(Value::as_bool) == Some(true) {
                    check_strict(schema)
                        .map_err(|what| refuse(format!("Invalid schema for response_format '{name}': {what}")))?;
                }
                Ok(Self::Schema(schema))
            }
            _ => Err(call.refuse(Refusal::field("response_format", "Invalid value for 'response_format.type'."))),
        }
    }
}

fn answer(call: &Call, body: &Value, format: &Format, asked: &str, prompt: &str) -> Reply {
    let seed = hash(call.twin.seed(), &["chat", asked]);
    let invents = call.fails_with(&Fault::Invents);
    let source = Source::of(asked, prompt);
    if call.fails_with(&Fault::Refusal) {
        return Reply { refusal: Some("I'm sorry, I can't assist with that request.".to_owned()), ..Reply::default() };
    }
    if let Some(function) = forced_tool(body) {
        let parameters = function.get("parameters").unwrap_or(&Value::Null);
        let arguments = generate(parameters, &source, seed, invents).to_string();
        let name = function.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        return Reply { tool: Some((call.twin.id("call_"), name, arguments)), ..Reply::default() };
    }
    let prose = || match source.sentence(None, 0) {
        Some(sentence) => format!("You wrote: {}", sentence.text),
        None => "You wrote nothing that I could quote.".to_owned(),
    };
    let content = match format {
        Format::Schema(_) | Format::Object if call.fails_with(&Fault::IgnoresSchema) => {
            format!("Sure! Here is what you asked for.\n\n{}", prose())
        }
        Format::Schema(schema) => {
            let drafted = if invents { None } else { drafted(schema, prompt, asked, seed) };
            drafted.unwrap_or_else(|| generate(schema, &source, seed, invents)).to_string()
        }
        Format::Object => json!({ "answer": prose() }).to_string(),
        Format::Text => prose(),
    };
    Reply { content, ..Reply::default() }
}

/// The function that has to be called, if one has to be.
fn forced_tool(body: &Value) -> Option<&Value> {
    let tools = body.get("tools")?.as_array()?;
    let choice = body.get("tool_choice")?;
    let named = choice.pointer("/function/name").and_then(Value::as_str);
    if named.is_none() && choice.as_str() != Some("required") {
        return None;
    }
    tools
        .iter()
        .filter_map(|tool| tool.get("function"))
        .find(|function| named.is_none() || function.get("name").and_then(Value::as_str) == named)
}

/// The texts of messages by their role.
fn said(messages: &[Value], of: impl Fn(&str) -> bool) -> String {
    let mut texts = Vec::new();
    for message in messages {
        if !of(message.get("role").and_then(Value::as_str).unwrap_or_default()) {
            continue;
        }
        match message.get("content") {
            Some(Value::String(text)) => texts.push(text.as_str()),
            Some(Value::Array(parts)) => {
                texts.extend(parts.iter().filter_map(|part| part.get("text")).filter_map(Value::as_str));
            }
            _ => {}
        }
    }
    texts.join("\n")
}

/// Keeps what is to be listed: `OpenAI` with `store`, `OpenRouter` always.
fn store(call: &Call, body: &Value, reply: &Reply) {
    let router = call.operation.provider == Provider::OpenRouter;
    if router {
        let generation = crate::openrouter::generation(call, reply, body);
        call.twin.with(|state| state.generations.insert(reply.id.clone(), generation));
    } else if body.get("store").and_then(Value::as_bool) == Some(true) {
        let mut stored = reply.whole(call.operation.provider);
        if let Some(stored) = stored.as_object_mut() {
            stored.insert("metadata".to_owned(), body.get("metadata").cloned().unwrap_or(json!({})));
        }
        call.twin.with(|state| {
            if state.stored_chats.len() < STORED {
                state.stored_chats.push(stored);
            }
        });
    }
}

/// Chats that were stored; `metadata[KEY]=VALUE` selects.
pub(crate) async fn list(call: Call, Query(query): Query<Vec<(String, String)>>) -> Json<Value> {
    let wanted: Vec<(&str, &str)> = query
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("metadata[")?.strip_suffix(']')?, value.as_str())))
        .collect();
    let limit = query.iter().find(|(name, _)| name == "limit").and_then(|(_, value)| value.parse().ok()).unwrap_or(20);
    let after = query.iter().find(|(name, _)| name == "after").map(|(_, value)| value.as_str());
    let is_wanted = |chat: &&Value| {
        wanted.iter().all(|(name, value)| {
            chat.get("metadata").and_then(|all| all.get(*name)).and_then(Value::as_str) == Some(*value)
        })
    };
    let mut found: Vec<Value> = call.twin.with(|state| state.stored_chats.iter().filter(is_wanted).cloned().collect());
    let id = |chat: &Value| chat.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(after) = after {
        let start = found.iter().position(|chat| id(chat) == after).map_or(0, |at| at + 1);
        found.drain(..start);
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let (first, last) = (found.first().map(id).unwrap_or_default(), found.last().map(id).unwrap_or_default());
    Json(json!({ "object": "list", "data": found, "first_id": first, "last_id": last, "has_more": more }))
}

/// The pieces of a streamed text: words with their gaps.
pub(super) fn pieces(content: &str) -> Vec<&str> {
    content.split_inclusive(char::is_whitespace).collect()
}

impl Reply {
    /// Keeps as many tokens as are allowed; half of them if `anyway`.
    fn cut(&mut self, limit: Option<u64>, anyway: bool) {
        let all = text::tokens(&self.content);
        let limit = if anyway { Some(all / 2) } else { limit };
        if let Some(limit) = limit.filter(|limit| *limit < all) {
            let characters = usize::try_from(limit.saturating_mul(4)).unwrap_or(usize::MAX);
            self.content = self.content.chars().take(characters).collect();
            self.cut_short = true;
        }
    }

    pub(crate) fn completion_tokens(&self) -> u64 {
        let tool = self.tool.as_ref().map_or(0, |(_, name, arguments)| tokens(name) + tokens(arguments));
        let each = tokens(&self.content) + tool + self.refusal.as_deref().map_or(0, tokens);
        each.max(1) * self.choices.max(1)
    }

    /// About how many tokens there are in all.
    pub(crate) fn total_tokens(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens()
    }
}
