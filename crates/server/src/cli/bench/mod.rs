//! `sluice bench`: figures of this machine, as a table and as JSON.

mod ai;
mod capture;
mod deck;
mod engine;
mod figures;
mod http;
mod jobs;
mod postgres;
mod providers;
mod retention;
mod sessions;

use clap::Subcommand;

use crate::cli::reel::bench as reel;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Makes a reel of about a minute, and one of twenty scenes of which one is then edited.
    Reel(reel::ReelBench),
    /// Enqueues, claims and finishes jobs that do nothing, on a temporary, empty database.
    Engine(engine::EngineBench),
    /// Sends requests to a server with a long history, then runs maintenance, and reports how long concurrent writers wait.
    Retention(retention::RetentionBench),
    /// Measures the built-in engines, speech and embeddings beside Python with the same models.
    Ai(ai::AiBench),
    /// Measures the server's requests, memory and start, each beside a peer where there is one.
    Http(http::HttpBench),
    /// Records many sessions at once in chunks, and checks that every chunk is stored exactly once.
    Sessions(sessions::SessionsBench),
    /// Exports a deck of many cards with recordings in all forms, and measures time and memory.
    Deck(deck::DeckBench),
    /// Measures what the engine adds to a call of a provider, and how a storm of 429 at one provider slows another.
    Providers(providers::ProvidersBench),
    /// Makes cards of labelled phrases, typed, photographed and said, and reports what is wrong, and whether the cards say so.
    Capture(capture::CaptureBench),
    /// A peer of `bench http`.
    #[command(hide = true)]
    HttpPeer(http::peer::HttpPeer),
}

pub(crate) async fn run(config: &Config, command: BenchCommand) -> anyhow::Result<()> {
    match command {
        BenchCommand::Reel(options) => reel::run(config, options).await,
        BenchCommand::Engine(options) => engine::run(options).await,
        BenchCommand::Ai(options) => Box::pin(ai::run(config, options)).await,
        BenchCommand::Http(options) => Box::pin(http::run(config, options)).await,
        BenchCommand::Sessions(options) => Box::pin(sessions::run(options)).await,
        BenchCommand::Deck(options) => Box::pin(deck::run(config, options)).await,
        BenchCommand::Providers(options) => Box::pin(providers::run(options)).await,
        BenchCommand::Capture(options) => Box::pin(capture::run(config, options)).await,
        BenchCommand::HttpPeer(options) => http::peer::run(config, options).await,
        BenchCommand::Retention(options) => Box::pin(retention::run(config, options)).await,
    }
}
