//! Servers, and what each does in its own way.

/// A program or a service that has OpenAI's shape. It is configured, never guessed from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Server {
    /// `api.openai.com`.
    OpenAi,
    /// `openrouter.ai`.
    OpenRouter,
    /// Ollama.
    Ollama,
    /// `llama-server` of llama.cpp.
    LlamaCpp,
    /// vLLM.
    Vllm,
    /// speaches, formerly faster-whisper-server.
    Speaches,
    /// Kokoro-FastAPI.
    Kokoro,
}

/// What a server can do, and how it wants it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quirks {
    /// It charges, so that a lost answer is asked for rather than repeated.
    pub(super) charges: bool,
    /// The field for the most tokens of an answer.
    pub(super) token_limit: &'static str,
    /// The usage at the end of a stream has to be asked for.
    pub(super) asks_for_usage: bool,
    /// It keeps to a JSON schema; for the others the schema is a hint, and an answer that is no JSON is repaired once.
    pub(super) keeps_schema: bool,
    /// The path for pictures; none if it makes none.
    pub(super) images: Option<&'static str>,
    /// The path for conversations; none if it has none.
    pub(super) chats: Option<&'static str>,
    /// It transcribes, and takes files of so many bytes.
    pub(super) transcribes: Option<u64>,
    /// It speaks texts of so many characters.
    pub(super) speaks: Option<usize>,
    /// It embeds, and takes so many texts at once.
    pub(super) embeds: Option<usize>,
}

/// 25 MiB of request, less what the form around the file takes.
const FORM_25_MIB: u64 = 26_214_400 - 16 * 1024;
/// For servers that name no limit.
const FORM_1_GIB: u64 = 1024 * 1024 * 1024;

/// A server of language models that somebody runs.
const OWN: Quirks = Quirks {
    charges: false,
    token_limit: "max_tokens",
    asks_for_usage: true,
    keeps_schema: false,
    images: None,
    chats: Some("/chat/completions"),
    transcribes: Some(FORM_25_MIB),
    speaks: None,
    embeds: Some(2_048),
};

impl Server {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::OpenAi, Self::OpenRouter, Self::Ollama, Self::LlamaCpp, Self::Vllm, Self::Speaches, Self::Kokoro];

    /// By its name in the configuration.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|server| server.name() == name)
    }

    /// Its name in the configuration, and as a provider.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::OpenRouter => "openrouter",
            Self::Ollama => "ollama",
            Self::LlamaCpp => "llama-cpp",
            Self::Vllm => "vllm",
            Self::Speaches => "speaches",
            Self::Kokoro => "kokoro",
        }
    }

    /// Its usual address. Servers of one's own are reached only if the operator allows their hosts.
    pub const fn usual_address(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::OpenRouter => "https://openrouter.ai/api/v1",
            Self::Ollama => "http://127.0.0.1:11434/v1",
            Self::LlamaCpp => "http://127.0.0.1:8080/v1",
            Self::Vllm | Self::Speaches => "http://127.0.0.1:8000/v1",
            Self::Kokoro => "http://127.0.0.1:8880/v1",
        }
    }

    /// Whether it lists its voices.
    pub const fn lists_voices(self) -> bool {
        matches!(self, Self::Kokoro | Self::Speaches)
    }

    /// It works with a key alone.
    pub const fn needs_key(self) -> bool {
        matches!(self, Self::OpenAi | Self::OpenRouter)
    }

    pub(super) const fn quirks(self) -> Quirks {
        match self {
            Self::OpenAi => Quirks {
                charges: true,
                token_limit: "max_completion_tokens",
                keeps_schema: true,
                images: Some("/images/generations"),
                speaks: Some(4_096),
                ..OWN
            },
            Self::OpenRouter => Quirks {
                charges: true,
                asks_for_usage: false,
                keeps_schema: true,
                images: Some("/images"),
                speaks: Some(4_096),
                ..OWN
            },
            Self::Ollama | Self::LlamaCpp | Self::Vllm => OWN,
            Self::Speaches => Quirks { chats: None, transcribes: Some(FORM_1_GIB), speaks: Some(4_096), ..OWN },
            Self::Kokoro => Quirks { chats: None, transcribes: None, speaks: Some(4_000), embeds: None, ..OWN },
        }
    }
}
