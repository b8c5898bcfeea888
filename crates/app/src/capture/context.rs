//! What Capture's use cases need.

use std::sync::Arc;

use sluice_capability::{Complete, Completing, Read, Reading, Speak, Speaking, Transcribe, Transcribing};
use sluice_local::analyse::Analyser;
use sluice_local::deck::DeckReader;
use sluice_local::guard::Guard;
use sluice_local::photo::PhotoReader;
use sluice_local::translate::Translator;

use crate::platform::Platform;
use crate::providers::Routes;

/// What Capture's use cases need. Cheap to clone.
#[derive(Clone)]
pub struct CaptureApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// Reads pictures.
    pub photos: Arc<PhotoReader>,
    /// The implementations that read: a provider that is before this machine reads pictures, too.
    pub reading: Routes<Reading, dyn Read>,
    /// The implementations that transcribe.
    pub hearing: Routes<Transcribing, dyn Transcribe>,
    /// Looks words up.
    pub analyser: Analyser,
    /// Translates, where its models are installed.
    pub translator: Arc<Translator>,
    /// The implementations that speak.
    pub speaking: Routes<Speaking, dyn Speak>,
    /// The language models, by which phrases on a theme are made; none by default.
    pub completing: Routes<Completing, dyn Complete>,
    /// Reads decks that are to be avoided.
    pub decks: DeckReader,
    /// Runs programs on files that people send.
    pub guard: Guard,
}
