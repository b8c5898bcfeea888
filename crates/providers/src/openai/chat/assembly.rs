//! An answer of a conversation, put together from its pieces: the whole of it is one piece.

use serde::Deserialize;
use sluice_capability::{Finish, Usage};
use sluice_domain::money::MicroUsd;

use crate::openai::service::Metered;

/// A whole answer, or a chunk of a stream. Servers leave out what they like.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Piece {
    id: Option<String>,
    model: Option<String>,
    system_fingerprint: Option<String>,
    choices: Option<Vec<Choice>>,
    usage: Option<Metered>,
}

#[derive(Debug, Default, Deserialize)]
struct Choice {
    finish_reason: Option<String>,
    message: Option<Text>,
    delta: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
struct Text {
    content: Option<String>,
    refusal: Option<String>,
}

/// What has been said so far.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) version: Option<String>,
    pub(super) text: String,
    pub(super) finish: Option<String>,
    /// The end mark came.
    pub(super) is_done: bool,
    /// A piece of an answer came, if only of its thoughts.
    pub(super) has_begun: bool,
    refusal: String,
    tokens: Option<Metered>,
}

impl Assembly {
    pub(super) fn add(&mut self, piece: Piece) {
        self.id = self.id.take().or(piece.id);
        self.model = self.model.take().or(piece.model);
        self.version = self.version.take().or(piece.system_fingerprint);
        self.tokens = piece.usage.or(self.tokens.take());
        // One answer was asked for.
        let Some(choice) = piece.choices.into_iter().flatten().next() else { return };
        self.has_begun = true;
        self.finish = choice.finish_reason.or(self.finish.take());
        let Text { content, refusal } = choice.message.or(choice.delta).unwrap_or_default();
        self.text.push_str(&content.unwrap_or_default());
        self.refusal.push_str(&refusal.unwrap_or_default());
    }

    pub(super) fn finish(&self) -> Finish {
        match self.finish.as_deref() {
            _ if !self.refusal.is_empty() => Finish::Filtered,
            Some("content_filter") => Finish::Filtered,
            Some("length") => Finish::Length,
            _ => Finish::Stop,
        }
    }

    /// What was said, without the thoughts before it; the refusal if that is all there is.
    pub(super) fn spoken(&self) -> &str {
        let text = without_thoughts(&self.text);
        if text.trim().is_empty() { &self.refusal } else { text }
    }

    /// How far it is, by four bytes a token.
    pub(super) fn fraction(&self, tokens: u32) -> f32 {
        let so_far = u16::try_from(self.text.len() / 4).unwrap_or(u16::MAX);
        let all = u16::try_from(tokens).unwrap_or(u16::MAX).max(1);
        (f32::from(so_far) / f32::from(all)).min(1.0)
    }

    pub(super) fn usage(&self) -> Usage {
        self.tokens.as_ref().map(Metered::usage).unwrap_or_default()
    }

    pub(super) fn cached(&self) -> u64 {
        self.tokens.as_ref().map_or(0, Metered::cached)
    }

    pub(super) fn cost(&self) -> Option<MicroUsd> {
        self.tokens.as_ref()?.cost()
    }
}

/// The text after `<think>…</think>`, which some servers leave in it.
pub(super) fn without_thoughts(text: &str) -> &str {
    let start = text.trim_start();
    if !start.starts_with("<think>") {
        return text;
    }
    start.split_once("</think>").map_or("", |(_, rest)| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(pieces: &[&str]) -> Assembly {
        let mut assembly = Assembly::default();
        for piece in pieces {
            assembly.add(serde_json::from_str(piece).unwrap());
        }
        assembly
    }

    #[test]
    fn a_stream_is_put_together() {
        let said = assembled(&[
            r#"{"id":"x","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
            r#"{"id":"x","choices":[{"delta":{"content":"Hel"}}]}"#,
            r#"{"id":"x","choices":[{"delta":{"content":"lo"},"logprobs":null}],"obfuscation":"ab"}"#,
            r#"{"id":"x","choices":[{"delta":{},"finish_reason":"stop"}]}"#,
            r#"{"id":"x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":null,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}"#,
        ]);
        assert_eq!((said.spoken(), said.finish(), said.cached()), ("Hello", Finish::Stop, 2));
        assert_eq!((said.usage().input_tokens, said.usage().output_tokens), (3, 0));
    }

    #[test]
    fn refusals_and_cuts_are_told_from_ends() {
        let refused =
            assembled(&[r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#]);
        assert_eq!((refused.spoken(), refused.finish()), ("No.", Finish::Filtered));
        let cut = assembled(&[r#"{"choices":[{"message":{"content":"{\"a\":"},"finish_reason":"length"}]}"#]);
        assert_eq!(cut.finish(), Finish::Length);
        let nothing = assembled(&[r#"{"choices":null}"#]);
        assert_eq!(nothing.spoken(), "");
    }

    #[test]
    fn thoughts_are_left_out() {
        assert_eq!(without_thoughts("<think>\nhm {\n</think>\n\n{\"a\":1}"), "{\"a\":1}");
        assert_eq!(without_thoughts("a <think>b</think>"), "a <think>b</think>");
        assert_eq!(without_thoughts("<think>it never ends"), "");
    }
}
