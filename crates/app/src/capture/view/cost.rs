//! What providers were paid for a card.

use serde::Serialize;
use sluice_capability::{Capability as _, Completing, Reading, Speaking, Transcribing};
use sluice_domain::money::MicroUsd;
use sluice_domain::study::Source;
use sluice_store::calls::{OfSubject, Paid};
use sluice_store::capture::PhraseRow;
use utoipa::ToSchema;

use crate::capture::card::CardFields;

/// What providers were paid for a card, by all the work on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardCostView {
    /// As far as it is known, in millionths of a US dollar.
    pub spent_micro_usd: i64,
    /// How many calls have no known cost, also because their answer was lost: they are in no amount.
    pub unpriced_calls: u64,
    /// Whether that is all. Work is forgotten after the retention period, and what it cost is then in no amount.
    pub is_whole: bool,
    /// The same for each step in which a provider took part, by who paid it.
    pub steps: Vec<CardStepCostView>,
}

/// What providers were paid for a step of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardStepCostView {
    /// The step.
    pub step: CardStep,
    /// Whether the owner paid it, with a key of their own.
    pub own_key: bool,
    /// As far as it is known, in millionths of a US dollar.
    pub spent_micro_usd: i64,
    /// How many of its calls have no known cost.
    pub unpriced_calls: u64,
}

/// A step of a card in which a provider may take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardStep {
    /// A picture is read.
    Reading,
    /// A clip is heard.
    Hearing,
    /// The fields are made, and checked.
    Fields,
    /// It is spoken.
    Voice,
}

impl CardStep {
    /// The step in which calls of this kind are made.
    fn of_kind(kind: &str) -> Option<Self> {
        let steps = [
            (Self::Reading, Reading::NAME),
            (Self::Hearing, Transcribing::NAME),
            (Self::Fields, Completing::NAME),
            (Self::Voice, Speaking::NAME),
        ];
        steps.into_iter().find(|(_, name)| *name == kind).map(|(step, _)| step)
    }
}

/// None if nobody was paid: what this machine does is free.
pub(super) fn view(row: &PhraseRow, fields: &CardFields, spent: &OfSubject) -> Option<CardCostView> {
    let paid: Vec<&Paid> = spent.paid.iter().filter(|paid| paid.known > MicroUsd(0) || paid.unpriced > 0).collect();
    let is_whole = spent.jobs >= u64::from(row.attempts);
    // Of what is forgotten only a field tells that a provider was asked.
    let asked = || fields.analysis.fields().any(|(_, field)| matches!(field.source, Some(Source::Model { .. })));
    if paid.is_empty() && (is_whole || !asked()) {
        return None;
    }
    let of_step = |paid: &&Paid| {
        let Paid { kind, own_key, known, unpriced } = *paid;
        let step = CardStep::of_kind(kind)?;
        Some(CardStepCostView { step, own_key: *own_key, spent_micro_usd: known.0, unpriced_calls: *unpriced })
    };
    Some(CardCostView {
        spent_micro_usd: paid.iter().map(|paid| paid.known.0).sum(),
        unpriced_calls: paid.iter().map(|paid| paid.unpriced).sum(),
        is_whole,
        steps: paid.iter().filter_map(of_step).collect(),
    })
}
