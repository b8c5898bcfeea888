-- Recorded sessions, their segments, and the chunks that these consist of. See docs/recording.md.

CREATE TABLE scribe_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    title TEXT NOT NULL,
    -- The title in lower case: what it is found by.
    search TEXT NOT NULL,
    -- ISO 639-1, as a person chose it; empty if it is to be found out.
    language TEXT,
    state TEXT NOT NULL CHECK (state IN ('recording', 'paused', 'complete')),
    -- Whether it is to be transcribed, or only recorded.
    transcribe {int} NOT NULL CHECK (transcribe IN (0, 1)),
    -- What those who were recorded were told.
    consent TEXT NOT NULL,
    -- Whether the person who ended it accepted that chunks are missing.
    gaps_accepted {int} NOT NULL DEFAULT 0 CHECK (gaps_accepted IN (0, 1)),
    request_key TEXT,
    request_hash TEXT,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    -- When its latest chunk, or else itself, arrived.
    active_at {int} NOT NULL,
    ended_at {int},
    -- The job that transcribes it, the latest one.
    job_id TEXT,
    -- The name of the bytes of its transcript.
    transcript TEXT,
    UNIQUE (owner, request_key),
    CHECK ((state = 'complete') = (ended_at IS NOT NULL))
) {strict};
CREATE INDEX scribe_sessions_by_time ON scribe_sessions (owner, created_at, id);
CREATE INDEX scribe_sessions_open ON scribe_sessions (active_at) WHERE ended_at IS NULL;

CREATE TABLE scribe_segments (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    -- From 0, in the order in which they were begun.
    number {int} NOT NULL CHECK (number >= 0),
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- The recorder's own name for it.
    key TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('microphone', 'tab', 'mixed', 'file')),
    media_type TEXT NOT NULL,
    -- By the recorder's clock, which may be wrong.
    started_at {int} NOT NULL,
    created_at {int} NOT NULL,
    -- How many chunks it has, once its recorder has said so.
    chunks {int} CHECK (chunks >= 0),
    -- How many are stored, and the number after the highest of them.
    stored {int} NOT NULL DEFAULT 0 CHECK (stored >= 0),
    beyond {int} NOT NULL DEFAULT 0 CHECK (beyond >= stored),
    PRIMARY KEY (session_id, number),
    UNIQUE (session_id, key),
    CHECK (chunks IS NULL OR beyond <= chunks)
) {strict};

CREATE TABLE scribe_chunks (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    segment {int} NOT NULL,
    number {int} NOT NULL CHECK (number >= 0),
    owner TEXT NOT NULL CHECK (owner <> ''),
    start_ms {int} NOT NULL CHECK (start_ms >= 0),
    length_ms {int} NOT NULL CHECK (length_ms >= 0),
    bytes {int} NOT NULL CHECK (bytes > 0),
    -- What the client vouched for, in hexadecimal; and the name of the bytes.
    sha256 TEXT NOT NULL,
    blob TEXT NOT NULL,
    stored_at {int} NOT NULL,
    -- How often it was sent again since.
    repeats {int} NOT NULL DEFAULT 0,
    repeats_since {int} NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, segment, number)
) {strict};
