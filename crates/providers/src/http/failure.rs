//! What a failure means: errors of every shape that providers use, and the remedy of each.

use std::fmt::Write as _;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use sluice_capability::{CapabilityError, Remedy};
use sluice_outbound::{Beyond, Incoming, SendError};

use super::{ERROR_BODY, Endpoint, Lost, Operation, Secret, header, retry_after, used_up_for};

/// The most characters of a provider's message that are shown.
const MESSAGE: usize = 300;

/// A gateway waited for the provider, which had the request and may finish and charge it.
const GAVE_UP: [u16; 2] = [504, 524];
const ANSWER_LOST: &str = "a gateway gave up waiting for the provider's answer, which may be charged";

/// What an error's body says.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Told {
    /// For people.
    message: String,
    /// Codes and types, in lower case.
    words: Vec<String>,
    /// A status in the body.
    status: Option<u16>,
    /// How long to wait.
    retry_after: Option<Duration>,
    /// It names reasons of a moderation.
    moderated: bool,
}

impl Told {
    /// Reads the body of an error: JSON of any known shape, a web page, or text.
    pub(crate) fn from_body(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            return Self::from_json(&value);
        }
        if is_page(text) {
            let title = between(text, "<title>", "</title>").map_or_else(String::new, |title| format!(": {title}"));
            return Self { message: format!("a web page came instead of an answer{title}"), ..Self::default() };
        }
        Self { message: text.to_owned(), ..Self::default() }
    }

    fn from_json(value: &Value) -> Self {
        let mut told = Self::default();
        let inner = [value.get("error"), value.get("detail")].into_iter().flatten().find(|inner| !inner.is_null());
        for part in inner.into_iter().chain([value]) {
            told.read(part);
        }
        told
    }

    fn read(&mut self, part: &Value) {
        if self.message.is_empty() {
            self.message = sentence(part).unwrap_or_default();
        }
        let metadata = part.get("metadata");
        for holder in [Some(part), metadata, part.get("availability")].into_iter().flatten() {
            for name in ["code", "type", "status", "error", "kind", "error_type", "provider_code"] {
                match holder.get(name) {
                    Some(Value::String(word)) => self.words.push(word.to_lowercase()),
                    Some(Value::Number(number)) if self.status.is_none() => self.status = status(number),
                    _ => {}
                }
            }
            if self.status.is_none() {
                self.status = holder.get("http_status").and_then(Value::as_number).and_then(status);
            }
            let after = holder.get("retry_after").and_then(Value::as_f64);
            self.retry_after = self.retry_after.or_else(|| Duration::try_from_secs_f64(after?).ok());
        }
        let Some(metadata) = metadata else { return };
        self.moderated |= metadata.get("reasons").is_some() || metadata.get("patterns").is_some();
        // "Provider returned error" says nothing: what the provider behind it said does.
        if let Some(raw) = metadata.get("raw").and_then(Value::as_str) {
            let name = metadata.get("provider_name").and_then(Value::as_str).unwrap_or("upstream");
            let _ = write!(self.message, " ({name}: {})", Self::from_body(raw.as_bytes()).message);
        }
    }

    fn says(&self, any: &[&str]) -> bool {
        self.words.iter().any(|word| any.contains(&word.as_str()))
    }

    /// The status that decides: that of the body, if the one of the answer is a success.
    fn status(&self, status: StatusCode) -> u16 {
        if !status.is_success() {
            return status.as_u16();
        }
        let hints = |any: &[&str]| self.words.iter().any(|word| any.iter().any(|hint| word.contains(hint)));
        self.status.unwrap_or_else(|| if hints(&["rate_limit"]) { 429 } else { 502 })
    }
}

fn status(number: &serde_json::Number) -> Option<u16> {
    u16::try_from(number.as_u64()?).ok().filter(|status| (400..=599).contains(status))
}

/// The text of an error, wherever it stands.
fn sentence(part: &Value) -> Option<String> {
    match part {
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => {
            let one = |problem: &Value| {
                let text = sentence(problem.get("msg").unwrap_or(problem))?;
                let place = problem.get("loc").and_then(Value::as_array)?.last()?.as_str()?.to_owned();
                Some(format!("{place}: {text}"))
            };
            let all: Vec<_> = all.iter().filter_map(|problem| one(problem).or_else(|| sentence(problem))).collect();
            (!all.is_empty()).then(|| all.join("; "))
        }
        Value::Object(fields) => {
            ["message", "msg", "description", "error", "detail"].iter().find_map(|name| sentence(fields.get(*name)?))
        }
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

/// The error that an answer with status 200 holds, if it does: instead of what was asked for, or in a choice.
pub(super) fn inside(body: &[u8]) -> Option<Told> {
    #[derive(Deserialize)]
    struct Probe {
        error: Option<Value>,
        choices: Option<Vec<Choice>>,
    }
    #[derive(Deserialize)]
    struct Choice {
        error: Option<Value>,
    }
    let probe: Probe = serde_json::from_slice(body).ok()?;
    let in_choice = probe.choices.into_iter().flatten().find_map(|choice| choice.error);
    let error = probe.error.or(in_choice).filter(|error| !error.is_null())?;
    Some(Told::from_json(&serde_json::json!({ "error": error })))
}

fn is_page(text: &str) -> bool {
    let head: String = text.chars().take(200).collect::<String>().to_lowercase();
    head.starts_with("<!doctype") || head.starts_with("<html") || head.contains("<head")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let from = text.find(start)? + start.len();
    let rest = text.get(from..)?;
    rest.get(..rest.find(end)?)
}

/// One line of a text, without secrets and not longer than [`MESSAGE`].
fn trimmed(text: &str, secrets: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret.reveal(), "…");
    }
    // Providers show a part of the key that they refuse.
    let is_key = |word: &str| word.trim_start_matches(['"', '\'', '(']).starts_with("sk-");
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.map(|word| if is_key(word) { "…" } else { word }).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// What is done about a failure: its code, what happened, and what to do.
type Verdict = (Remedy, &'static str, &'static str);

fn judged(status: u16, told: &Told, after: Option<Duration>) -> Verdict {
    let later = Remedy::PutOff(after);
    let fail = Remedy::Fail;
    if status == 402
        || told.says(&["insufficient_quota", "quota_exceeded", "payment_required", "insufficientcreditserror"])
    {
        return (fail, "credits_gone", "the account has no credit left: top it up, or raise its limit");
    }
    if told.moderated
        || status == 451
        || told.says(&["moderation_blocked", "content_policy_violation", "content_filter", "refusal"])
    {
        return (fail, "content_refused", "the provider's moderation refused the content: change it");
    }
    let too_long = [
        "context_length_exceeded",
        "exceed_context_size_error",
        "string_too_long",
        "token_limit_exceeded",
        "max_character_limit_exceeded",
    ];
    if told.says(&too_long) {
        return (fail, "too_long", "the request is too long for the model: shorten it, or choose another model");
    }
    if told.says(&["voice_not_found"]) {
        return (fail, "no_such_voice", "the provider has no such voice: choose another one");
    }
    if told.says(&["model_not_found"]) {
        return (fail, "model_not_found", "the provider has no such model: choose another one");
    }
    match status {
        300..=399 => {
            (fail, "redirected", "the provider redirects elsewhere, which is not followed: change its address")
        }
        401 => (fail, "key_refused", "the provider refused the key: check it"),
        403 => (fail, "forbidden", "the key may not do this: check the key and its permissions"),
        404 | 410 => (fail, "not_found", "the provider knows no such model or path: check both"),
        413 => (fail, "too_large", "the request is too large for the provider: send less at once"),
        408 => (Remedy::Retry, "timed_out", "the provider did not get the request in time"),
        409 | 425 => (Remedy::Retry, "conflict", "the provider was busy with the same thing"),
        429 => (later, "rate_limited", "the provider's rate limit is reached"),
        501 | 505 => (fail, "unsupported", "the provider cannot do this: choose another one"),
        500.. => (later, "provider_unavailable", "the provider is in trouble"),
        _ => (fail, "request_refused", "the provider refused the request"),
    }
}

impl Endpoint {
    /// An answer with a status of success, or the error that it is.
    pub(super) async fn succeeded(
        &self,
        operation: Operation,
        mut incoming: Incoming,
    ) -> Result<Incoming, CapabilityError> {
        if incoming.status.is_success() {
            return Ok(incoming);
        }
        incoming.limit(ERROR_BODY, Beyond::Cut);
        let (status, headers) = (incoming.status, incoming.headers.clone());
        // The status says enough, even if its explanation is cut off.
        let body = incoming.bytes().await.unwrap_or_default();
        Err(self.failed(operation, status, &headers, &Told::from_body(&body)))
    }

    /// What an error of the provider means.
    pub(crate) fn failed(
        &self,
        operation: Operation,
        status: StatusCode,
        headers: &HeaderMap,
        told: &Told,
    ) -> CapabilityError {
        let number = told.status(status);
        let after = retry_after(headers).or(told.retry_after).or_else(|| used_up_for(headers));
        let (mut remedy, mut code, mut what) = judged(number, told, after);
        if code == "provider_unavailable" && operation.lost == Lost::Ask && GAVE_UP.contains(&number) {
            (remedy, code, what) = (Remedy::Look, "answer_lost", ANSWER_LOST);
        }
        match (header(headers, "x-should-retry"), remedy) {
            (Some("false"), Remedy::PutOff(_) | Remedy::Retry) => remedy = Remedy::Fail,
            // It overrides what a status says. Credit that is gone does not come back by itself.
            (Some("true"), Remedy::Fail) if number >= 400 && code != "credits_gone" => remedy = Remedy::PutOff(after),
            _ => {}
        }
        let mut message = format!("{what} (status {number})");
        let said = self.shown(&told.message);
        if !said.is_empty() {
            let _ = write!(message, ": {said}");
        }
        if let Some(id) =
            header(headers, "x-request-id").or_else(|| header(headers, "request-id")).filter(|id| id.len() <= 80)
        {
            let _ = write!(message, " [request {}]", self.shown(id));
        }
        CapabilityError { remedy, code: code.to_owned(), message, source: None }
    }

    /// A text of the provider, as it may be shown.
    pub(crate) fn shown(&self, text: &str) -> String {
        trimmed(text, &self.secrets)
    }

    /// There is no head of an answer.
    pub(super) fn unsent(&self, operation: Operation, error: SendError) -> CapabilityError {
        if error.may_have_arrived() {
            return self.broken_off(operation, error);
        }
        let (code, message) = (error.code(), error.to_string());
        let failed = match &error {
            SendError::Address(_) | SendError::Forbidden | SendError::File(_) => CapabilityError::fail(code, message),
            _ => CapabilityError::retry(code, message),
        };
        failed.because(error)
    }

    /// The answer did not come to its end.
    #[expect(clippy::unused_self, reason = "an endpoint says what its failures mean")]
    pub(crate) fn broken_off(&self, operation: Operation, error: SendError) -> CapabilityError {
        let message = error.to_string();
        match error {
            // Nobody is asked instead of one who may have charged for what was too long.
            SendError::TooLong { .. } if matches!(operation.lost, Lost::Repeat) => {
                CapabilityError::fail("answer_too_long", message).because(error)
            }
            _ => lost(operation, error.code(), message).because(error),
        }
    }

    /// An answer of success that is not what was asked for.
    pub(super) fn unreadable(
        &self,
        operation: Operation,
        headers: &HeaderMap,
        body: &[u8],
        error: serde_json::Error,
    ) -> CapabilityError {
        let page = header(headers, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("text/html"));
        if !page && error.is_eof() {
            return lost(operation, "answer_lost", "the provider's answer ended in its middle").because(error);
        }
        let said = self.shown(&Told::from_body(body.get(..ERROR_BODY).unwrap_or(body)).message);
        let message = format!("the provider's answer cannot be read, check its address: {said}");
        // What cannot be read quotes what was sent.
        CapabilityError::fail("bad_answer", message)
    }

    /// The error of an answer that should be a file and is a text.
    pub(super) async fn is_no_file(&self, operation: Operation, incoming: &mut Incoming) -> Option<CapabilityError> {
        let kind = header(&incoming.headers, CONTENT_TYPE.as_str()).unwrap_or_default().to_lowercase();
        if !["application/json", "text/html", "text/plain"].iter().any(|text| kind.starts_with(text)) {
            return None;
        }
        incoming.limit(ERROR_BODY, Beyond::Cut);
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = incoming.chunk().await {
            body.extend_from_slice(&chunk);
        }
        if let Some(told) = inside(&body) {
            return Some(self.failed(operation, incoming.status, &incoming.headers, &told));
        }
        let said = self.shown(&Told::from_body(&body).message);
        Some(CapabilityError::fail("bad_answer", format!("the provider sent a text instead of a file: {said}")))
    }
}

/// An answer that was lost after its request was sent.
pub(crate) fn lost(operation: Operation, code: &str, message: impl Into<String>) -> CapabilityError {
    match operation.lost {
        Lost::Ask => CapabilityError::lost(code, message),
        Lost::Repeat => CapabilityError::retry(code, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> String {
        Told::from_body(body.as_bytes()).message
    }

    #[test]
    fn errors_of_every_shape_are_read() {
        for (body, expected) in [
            (r#"{"error":{"message":"no","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#, "no"),
            (r#"{"error":"no"}"#, "no"),
            (r#"{"object":"error","message":"no","type":"NotFoundError","code":404}"#, "no"),
            (r#"{"detail":"no"}"#, "no"),
            (r#"{"detail":{"error":"invalid_model","message":"no","type":"x"}}"#, "no"),
            (r#"{"detail":{"status":"quota_exceeded","message":"no"}}"#, "no"),
            (
                r#"{"detail":[{"loc":["body","voice"],"msg":"field required","type":"missing"}]}"#,
                "voice: field required",
            ),
            (r#"{"kind":"InsufficientCreditsError","description":"no"}"#, "no"),
            (r#"{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}"#, "no"),
            (r#""no""#, "no"),
            ("no", "no"),
            ("", ""),
            ("{\"error\":", "{\"error\":"),
            ("<!DOCTYPE html><title>524: timeout</title>", "a web page came instead of an answer: 524: timeout"),
            (
                r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"{\"error\":\"boom\"}","provider_name":"X"}}}"#,
                "Provider returned error (X: boom)",
            ),
        ] {
            assert_eq!(message(body), expected, "{body}");
        }
    }

    #[test]
    fn each_error_has_its_remedy() {
        let verdict = |status: u16, body: &str| {
            let told = Told::from_body(body.as_bytes());
            let (remedy, code, _) = judged(told.status(StatusCode::from_u16(status).unwrap()), &told, None);
            (remedy, code)
        };
        let later = Remedy::PutOff(None);
        for (status, body, expected) in [
            (429, r#"{"error":{"type":"tokens","code":"rate_limit_exceeded"}}"#, (later, "rate_limited")),
            (429, r#"{"error":{"code":"insufficient_quota"}}"#, (Remedy::Fail, "credits_gone")),
            (401, r#"{"detail":{"status":"quota_exceeded"}}"#, (Remedy::Fail, "credits_gone")),
            (401, r#"{"error":{"code":"invalid_api_key"}}"#, (Remedy::Fail, "key_refused")),
            (402, "", (Remedy::Fail, "credits_gone")),
            (403, r#"{"error":{"code":403,"metadata":{"reasons":["x"]}}}"#, (Remedy::Fail, "content_refused")),
            (400, r#"{"error":{"code":"moderation_blocked"}}"#, (Remedy::Fail, "content_refused")),
            (400, r#"{"error":{"type":"exceed_context_size_error","code":400}}"#, (Remedy::Fail, "too_long")),
            (404, r#"{"error":{"code":"model_not_found"}}"#, (Remedy::Fail, "model_not_found")),
            (408, "", (Remedy::Retry, "timed_out")),
            (500, "", (later, "provider_unavailable")),
            (501, "", (Remedy::Fail, "unsupported")),
            (529, "<html>", (later, "provider_unavailable")),
            (302, "", (Remedy::Fail, "redirected")),
            (200, r#"{"error":{"code":429,"message":"x"}}"#, (later, "rate_limited")),
            (200, r#"{"error":{"code":"server_error","message":"x"}}"#, (later, "provider_unavailable")),
            (200, r#"{"error":{"code":400,"message":"x"}}"#, (Remedy::Fail, "request_refused")),
        ] {
            assert_eq!(verdict(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn messages_are_one_short_line_without_keys() {
        let secrets = [Secret::new("hunter2").unwrap()];
        let shown = trimmed("bad\r\nkey: \"hunter2\" or\tsk-abc***xyz \u{1b}[31m", &secrets);
        assert_eq!(shown, "bad key: \"…\" or … [31m");
        assert_eq!(trimmed(&"é".repeat(5_000), &[]).chars().count(), MESSAGE + 1);
    }

    #[test]
    fn an_error_inside_an_answer_is_found() {
        assert!(inside(br#" {"error":{"message":"x"}}"#).is_some());
        assert!(inside(br#"{"choices":[{"error":{"code":502,"message":"x"},"finish_reason":"error"}]}"#).is_some());
        assert!(inside(br#"{"error":null,"choices":[{"error":null}]}"#).is_none());
        assert!(inside(br#"{"choices":[{"message":{"content":"error"}}]}"#).is_none());
    }
}
