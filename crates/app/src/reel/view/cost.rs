//! What a reel costs, before and after, step by step.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sluice_capability::{Capability as _, Completing, Presenting, SpeakRequest, Speaking};
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;

use super::{PaidStep, ReelCostView, StepCostView};
use crate::reel::choices::{self, Choices, ScriptChoice};
use crate::reel::context::ReelApp;
use crate::reel::storyboard::Scene;

/// What the calls of a kind have cost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// As far as it is known.
    pub(super) known: MicroUsd,
    /// How many of them have no known cost.
    pub(super) unpriced_calls: u64,
}

/// None where nothing can cost. `written` is the estimate for a script that a model writes, `spent` what the calls of a kind
/// have cost and how many of them have no known cost.
pub(super) fn view(
    app: &ReelApp,
    choices: &Choices,
    (scenes, language): (&[Scene], Language),
    written: Option<MicroUsd>,
    spent: &BTreeMap<String, Spent>,
) -> Option<ReelCostView> {
    let spent_on = |kind: &str| spent.get(kind).copied().unwrap_or_default();
    let mut steps = Vec::new();
    let mut add = |step, takes_part: bool, estimated: Option<MicroUsd>, spent: Spent| {
        if takes_part || spent.known.0 > 0 || spent.unpriced_calls > 0 {
            steps.push(StepCostView {
                step,
                estimated_micro_usd: estimated.map(|cost| cost.0),
                spent_micro_usd: spent.known.0,
                unpriced_calls: spent.unpriced_calls,
            });
        }
    };
    let is_written = choices.script == ScriptChoice::Written;
    add(PaidStep::Script, is_written, written, spent_on(Completing::NAME));
    let can_cost = app.can_cost(&choices.voice);
    let voice = can_cost.then(|| voice(app, choices, scenes)).flatten();
    add(PaidStep::Voice, can_cost, voice, spent_on(Speaking::NAME));
    let filmed = choices.presenter.as_deref().filter(|presenter| !choices::is_drawn(presenter));
    let presenter = filmed.and_then(|presenter| app.scenes_price(presenter, scenes, language));
    add(PaidStep::Presenter, filmed.is_some(), presenter, spent_on(Presenting::NAME));
    let estimates: Option<Vec<i64>> = steps.iter().map(|step| step.estimated_micro_usd).collect();
    let spent_micro_usd = spent.values().map(|spent| spent.known.0).sum();
    let unpriced_calls: u64 = spent.values().map(|spent| spent.unpriced_calls).sum();
    let estimated_micro_usd = estimates.map(|all| all.iter().sum());
    let can_cost = !steps.is_empty() || spent_micro_usd > 0 || unpriced_calls > 0;
    can_cost.then_some(ReelCostView { estimated_micro_usd, spent_micro_usd, unpriced_calls, steps })
}

/// The most that the voice of these scenes costs; none if its price is not known, or if there are no scenes yet.
fn voice(app: &ReelApp, choices: &Choices, scenes: &[Scene]) -> Option<MicroUsd> {
    let speaker = app.speaker(&choices.voice).filter(|_| !scenes.is_empty())?;
    let prices = scenes.iter().map(|scene| {
        let (voice, text) = (choices.voice.clone(), scene.script.text());
        speaker.estimate(&SpeakRequest { voice, text, out: PathBuf::new() })
    });
    prices.into_iter().try_fold(MicroUsd(0), |total, price| Some(total + price?))
}
