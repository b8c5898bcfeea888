//! Conversations (`POST /chat/completions`): whole or streamed, with a JSON schema where one is asked for.

mod assembly;
mod schema;

use std::time::Duration;

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, CompleteRequest, Completing, Completion, Context, Does, Doing,
    Finish, Profile, Remedy, Role, Usage,
};
use sluice_domain::money::MicroUsd;
use sluice_outbound::{Content, Incoming};

use super::server::Server;
use super::service::{LONGEST_TEXT, Made, Service, ServiceError, check_text, refused};
use super::sse::Events;
use crate::http::{Lost, Operation, Reply, header, lost};
use crate::openrouter;
use assembly::{Assembly, Piece};
use schema::{answer_of, is_strict};

/// A model may think for long before it says anything, and servers of one's own load theirs first.
const TIME: Duration = Duration::from_mins(10);
const BODY: usize = 16 * 1024 * 1024;
/// What each message costs in tokens beside its text, at most.
const TOKENS_PER_MESSAGE: u64 = 16;
/// What is said about an answer that is no JSON, once.
const REPAIR: &str =
    "That was no JSON of the required form. Answer with one JSON value that matches the schema, and nothing else.";

/// How an answer arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    #[default]
    Whole,
    /// Piece by piece, so that its progress is known.
    Streamed,
}

/// A language model.
#[derive(Debug, Clone)]
pub struct ChatModel {
    service: Service,
    delivery: Delivery,
    path: &'static str,
}

impl ChatModel {
    /// The model of a service.
    pub fn new(service: Service, delivery: Delivery) -> Result<Self, ServiceError> {
        let path = service.able("complete", service.quirks().chats)?;
        Ok(Self { service, delivery, path })
    }

    fn body(&self, request: &CompleteRequest, form: Form) -> Value {
        let quirks = self.service.quirks();
        let messages: Vec<Value> = request
            .messages
            .iter()
            .map(|message| json!({ "role": role(message.role), "content": message.text }))
            .collect();
        let mut body = json!({
            "model": self.service.model,
            "messages": messages,
            quirks.token_limit: request.max_output_tokens.max(1),
        });
        let mut set = |name: &str, value: Value| {
            if let Some(fields) = body.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        if let Some(temperature) = request.temperature.filter(|_| self.takes_temperature()) {
            set("temperature", json!(temperature.clamp(0.0, 2.0)));
        }
        if let Some(format) = form.response_format(request) {
            set("response_format", format);
        }
        if self.delivery == Delivery::Streamed {
            set("stream", json!(true));
            if quirks.asks_for_usage {
                set("stream_options", json!({ "include_usage": true }));
            }
        }
        if self.service.server == Server::OpenRouter {
            openrouter::complete(&mut body, &self.service.model, &self.service.fallbacks, request.schema.is_some());
        }
        body
    }

    /// OpenAI's models that reason refuse a temperature.
    fn takes_temperature(&self) -> bool {
        let reasons = ["o1", "o3", "o4", "gpt-5"].iter().any(|name| self.service.model.starts_with(name));
        self.service.server != Server::OpenAi || !reasons
    }

    fn operation(&self) -> Operation {
        self.service.operation(TIME, BODY)
    }

    async fn ask(&self, body: &Value) -> Result<Incoming, CapabilityError> {
        let body = Content::Bytes(body.to_string().into());
        self.service.endpoint.open(self.operation(), Method::POST, self.path, body).await
    }

    /// Reads an answer of either form: a server may ignore that a stream was asked for.
    async fn read(&self, incoming: Incoming, expected: u32, context: Context<'_>) -> Result<Assembly, CapabilityError> {
        let operation = self.operation();
        let endpoint = &self.service.endpoint;
        let is_stream =
            header(&incoming.headers, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("text/event-stream"));
        let mut assembly = Assembly::default();
        if !is_stream {
            assembly.add(endpoint.value::<Piece>(operation, incoming).await?.value);
            return self.unbroken(assembly);
        }
        let headers = incoming.headers.clone();
        let mut events = Events::new(endpoint, operation, incoming);
        while let Some(data) = events.next().await? {
            if data.trim() == "[DONE]" {
                assembly.is_done = true;
                break;
            }
            let piece = endpoint.parse::<Piece>(operation, &headers, data.as_bytes());
            let piece = piece.map_err(|error| broken_off(operation, &assembly, error))?;
            assembly.add(piece);
            (context.progress)(assembly.fraction(expected));
        }
        if assembly.is_done || assembly.finish.is_some() {
            return self.unbroken(assembly);
        }
        Err(lost(operation, "answer_lost", "the provider's answer ended in its middle"))
    }

    /// An answer, unless its end says that it failed on the way: what was said until then may be charged.
    fn unbroken(&self, said: Assembly) -> Result<Assembly, CapabilityError> {
        if said.finish.as_deref() != Some("error") {
            return Ok(said);
        }
        let message = "the provider broke its answer off, and does not say why";
        Err(lost(self.operation(), "answer_lost", message))
    }

    /// Asks once; the answer of a server that does not keep to schemas is asked for once more if it is no JSON.
    async fn complete(
        &self,
        request: &CompleteRequest,
        context: Context<'_>,
    ) -> Result<Begun<Completion>, CapabilityError> {
        let mut body = self.body(request, Form::Schema);
        let incoming = self.ask(&body).await?;
        let headers = incoming.headers.clone();
        let expected = request.max_output_tokens;
        let first = match self.read(incoming, expected, context).await {
            Ok(assembly) => Reply { value: assembly, headers },
            Err(error) => return self.service.lost(&headers, error),
        };
        if !self.needs_repair(request, &first.value) {
            return Ok(Begun::Done(self.answer(request, first)));
        }
        let again = self.body(request, Form::Object);
        if let (Some(messages), Some(format)) =
            (body.get_mut("messages").and_then(Value::as_array_mut), again.get("response_format"))
        {
            messages.push(json!({ "role": "assistant", "content": first.value.text }));
            messages.push(json!({ "role": "user", "content": REPAIR }));
            let format = format.clone();
            if let Some(fields) = body.as_object_mut() {
                fields.insert("response_format".to_owned(), format);
            }
        }
        let incoming = self.ask(&body).await?;
        let headers = incoming.headers.clone();
        let assembly = self.read(incoming, expected, context).await?;
        let mut answer = self.answer(request, Reply { value: assembly, headers });
        let before = first.value.usage();
        answer.usage.input_tokens = answer.usage.input_tokens.saturating_add(before.input_tokens);
        answer.usage.output_tokens = answer.usage.output_tokens.saturating_add(before.output_tokens);
        Ok(Begun::Done(answer))
    }

    /// Whether an answer is asked for again: not where that is charged or counted, which is for the caller to decide.
    fn needs_repair(&self, request: &CompleteRequest, said: &Assembly) -> bool {
        let may = !request.once && !self.service.charges() && !self.service.quirks().keeps_schema;
        let Some(schema) = request.schema.as_ref().filter(|_| may) else { return false };
        said.finish() == Finish::Stop && answer_of(&said.text, schema).is_none()
    }

    /// What it said is billed, whatever it is: a refusal and an answer that was cut are answers, too, by their [`Finish`]; and
    /// text that is no JSON is for the caller to see.
    fn answer(&self, request: &CompleteRequest, said: Reply<Assembly>) -> Answer<Completion> {
        let Reply { value: assembly, headers } = said;
        let finish = assembly.finish();
        let text = assembly.spoken();
        let text = match &request.schema {
            Some(schema) if finish == Finish::Stop => answer_of(text, schema).unwrap_or_else(|| text.to_owned()),
            _ => text.to_owned(),
        };
        let made = Made {
            usage: assembly.usage(),
            cached: assembly.cached(),
            cost: assembly.cost(),
            model: assembly.model,
            version: assembly.version,
            id: assembly.id,
        };
        self.service.answer(Reply { value: Completion { text, finish }, headers }, made)
    }
}

/// An error that comes after a part of the answer: what was said until then may be charged, so that it is not asked for again.
fn broken_off(operation: Operation, said: &Assembly, error: CapabilityError) -> CapabilityError {
    let is_repeated = matches!(error.remedy, Remedy::Retry | Remedy::PutOff(_));
    if !said.has_begun || operation.lost == Lost::Repeat || !is_repeated {
        return error;
    }
    CapabilityError { remedy: Remedy::Look, code: "answer_lost".to_owned(), ..error }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// How the form of an answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By its schema.
    Schema,
    /// As any JSON.
    Object,
}

impl Form {
    fn response_format(self, request: &CompleteRequest) -> Option<Value> {
        let schema = request.schema.as_ref()?;
        Some(match self {
            Self::Object => json!({ "type": "json_object" }),
            Self::Schema => json!({
                "type": "json_schema",
                "json_schema": { "name": "answer", "schema": schema, "strict": is_strict(schema) },
            }),
        })
    }
}

fn check(request: &CompleteRequest) -> Result<(), (&'static str, String)> {
    let all: usize = request.messages.iter().map(|message| message.text.len()).sum();
    if all > LONGEST_TEXT {
        return Err(("text_too_long", format!("the messages have more than {LONGEST_TEXT} bytes: shorten them")));
    }
    let last = request.messages.iter().rev().find(|message| message.role != Role::System);
    let text = last.or(request.messages.last()).map_or("", |message| message.text.as_str());
    check_text(text, LONGEST_TEXT)
}

impl Does<Completing> for ChatModel {
    fn profile(&self) -> &Profile {
        &self.service.profile
    }

    fn made_with(&self) -> String {
        self.service.models()
    }

    fn accepts(&self, request: &CompleteRequest) -> Result<(), String> {
        check(request).map_err(|(_, message)| message)
    }

    /// No token is shorter than a byte.
    fn estimate(&self, request: &CompleteRequest) -> Option<MicroUsd> {
        let texts: u64 = request.messages.iter().map(|message| message.text.len() as u64 + TOKENS_PER_MESSAGE).sum();
        let schema = request.schema.as_ref().map_or(0, |schema| schema.to_string().len() as u64 + TOKENS_PER_MESSAGE);
        let output_tokens = request.max_output_tokens.into();
        self.service.estimate(&Usage { input_tokens: texts + schema, output_tokens, ..Usage::default() })
    }

    fn begin<'a>(&'a self, request: &'a CompleteRequest, context: Context<'a>) -> Doing<'a, Begun<Completion>> {
        Box::pin(async move {
            check(request).map_err(refused)?;
            self.complete(request, context).await
        })
    }

    fn look<'a>(&'a self, _key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        self.service.look(provider_id)
    }
}
