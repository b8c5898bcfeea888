-- Phrases that become cards, the ideas for them that were not kept yet, what can be undone, and decks that were exported.

CREATE TABLE capture_phrases (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    source TEXT NOT NULL CHECK (source IN ('text', 'image', 'audio')),
    -- The bytes that were sent, their name and their media type; none of a text.
    original TEXT,
    original_name TEXT NOT NULL DEFAULT '',
    media_type TEXT NOT NULL DEFAULT '',
    -- The phrase itself; empty until it is extracted.
    text TEXT NOT NULL,
    -- Which language it is in, as a person chose it or as it was found out, and how sure that is, in thousandths.
    language TEXT,
    language_sure {int} NOT NULL DEFAULT 0 CHECK (language_sure BETWEEN 0 AND 1000),
    -- What it is translated into.
    translate_to TEXT NOT NULL,
    -- Its fields as JSON, each with its origin and its doubt; and how many of them are doubtful or missing.
    card TEXT NOT NULL,
    doubts {int} NOT NULL DEFAULT 0 CHECK (doubts >= 0),
    -- The lines of its picture as JSON, with their places.
    reading TEXT,
    -- The bytes of its sound, how their name ends, what made them, and whether a person speaks.
    audio TEXT,
    audio_ending TEXT NOT NULL DEFAULT '',
    audio_by TEXT NOT NULL DEFAULT '',
    audio_own {int} NOT NULL DEFAULT 0 CHECK (audio_own IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('processing', 'pending_review', 'approved', 'exported', 'failed')),
    excluded {int} NOT NULL DEFAULT 0 CHECK (excluded IN (0, 1)),
    -- The one job whose results count, what it is to make, and how often something was made.
    job_id TEXT,
    job_what TEXT NOT NULL DEFAULT '',
    attempts {int} NOT NULL DEFAULT 0,
    error_code TEXT,
    error_message TEXT,
    -- Changes with every change.
    version {int} NOT NULL DEFAULT 1,
    request_key TEXT,
    request_hash TEXT,
    -- The phrase, its translation and its transliteration in lower case: what it is found by.
    search TEXT NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    -- When anything of the card itself changed: by seconds it only grows.
    content_at {int} NOT NULL,
    exported_at {int},
    deleted_at {int},
    UNIQUE (owner, request_key),
    CHECK ((original IS NULL) = (source = 'text'))
) {strict};
CREATE INDEX capture_phrases_by_time ON capture_phrases (owner, created_at, id);
CREATE INDEX capture_phrases_deleted ON capture_phrases (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE capture_drafts (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- What was asked for, as JSON.
    request TEXT NOT NULL,
    job_id TEXT NOT NULL,
    -- The phrases that were made, as JSON.
    texts TEXT NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX capture_drafts_by_owner ON capture_drafts (owner, created_at);

-- What was done to several phrases at once, with what they were before.
CREATE TABLE capture_actions (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    action TEXT NOT NULL,
    before TEXT NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX capture_actions_by_owner ON capture_actions (owner, created_at);
CREATE INDEX capture_actions_by_time ON capture_actions (created_at);

CREATE TABLE capture_exports (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    form TEXT NOT NULL,
    deck TEXT NOT NULL,
    -- Also those that were exported before and have not changed since.
    everything {int} NOT NULL CHECK (everything IN (0, 1)),
    -- How many cards it has, once its file was whole.
    cards {int},
    error TEXT,
    created_at {int} NOT NULL,
    finished_at {int},
    CHECK ((finished_at IS NULL) = (cards IS NULL))
) {strict};
CREATE INDEX capture_exports_by_owner ON capture_exports (owner, created_at);
