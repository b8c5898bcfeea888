//! `sluice try`: one built-in engine on one file or text, by itself. Each engine is a file here and a line in [`TryCommand`].

mod analyse;
mod embed;
mod read;
mod speak;
mod speakers;
mod summary;
mod text;
mod transcribe;
mod translate;

use clap::Subcommand;

use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum TryCommand {
    /// Writes down what is said in a sound or a video.
    Transcribe(transcribe::TranscribeArguments),
    /// Says who speaks when in a sound or a video.
    Speakers(speakers::SpeakersArguments),
    /// Reads the text on a photograph or another picture.
    Read(read::ReadArguments),
    /// Speaks a text into a WAV file.
    Speak(speak::SpeakArguments),
    /// Turns a text into a vector of its meaning, and compares it with others.
    Embed(embed::EmbedArguments),
    /// Quotes the sentences that say most of what a text or a transcript says.
    Summary(summary::SummaryArguments),
    /// Translates a text.
    Translate(translate::TranslateArguments),
    /// Says what is known about a phrase without a model: in Latin letters, and word by word.
    Analyse(analyse::AnalyseArguments),
}

pub(crate) async fn run(config: &Config, command: TryCommand) -> anyhow::Result<()> {
    match command {
        TryCommand::Transcribe(arguments) => transcribe::run(config, arguments).await,
        TryCommand::Summary(arguments) => summary::run(config, arguments).await,
        TryCommand::Read(arguments) => read::run(config, arguments).await,
        TryCommand::Speak(arguments) => speak::run(config, arguments).await,
        TryCommand::Embed(arguments) => embed::run(config, arguments).await,
        TryCommand::Translate(arguments) => translate::run(config, arguments).await,
        TryCommand::Analyse(arguments) => analyse::run(config, arguments).await,
        TryCommand::Speakers(arguments) => speakers::run(config, arguments).await,
    }
}

/// "1:02:03.456"
fn clock(ms: u32) -> String {
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    format!("{}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_to_the_millisecond() {
        assert_eq!(clock(0), "0:00:00.000");
        assert_eq!(clock(3_723_456), "1:02:03.456");
    }
}
