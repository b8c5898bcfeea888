-- Reels, their scenes, and the stage results that they stand on.

CREATE TABLE reels (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- Empty on a tombstone.
    document_id TEXT REFERENCES documents (id),
    -- The job that makes it, the latest one.
    job_id TEXT NOT NULL,
    title TEXT NOT NULL,
    -- What it is found by: its title and its document's name, in lower case.
    search TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL,
    -- Mode, shape, voice, presenter, captions, as JSON.
    choices TEXT NOT NULL,
    -- How the script was written; empty until it is.
    script_source TEXT,
    -- The published files, as JSON; empty until they opened.
    result TEXT,
    -- Who asked, for the limit per address.
    address TEXT NOT NULL,
    -- The caller's idempotency key, and what was asked under it.
    request_key TEXT,
    request_hash TEXT,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    -- Whether a person added, deleted or moved scenes.
    edited {int} NOT NULL DEFAULT 0 CHECK (edited IN (0, 1)),
    -- A tombstone: everything else of it is gone.
    deleted_at {int},
    UNIQUE (owner, request_key),
    CHECK (deleted_at IS NULL OR result IS NULL),
    CHECK (deleted_at IS NOT NULL OR document_id IS NOT NULL)
) {strict};
CREATE INDEX reels_by_time ON reels (owner, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX reels_by_address ON reels (address, created_at);
CREATE INDEX reels_by_document ON reels (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX reels_by_job ON reels (job_id);
CREATE INDEX reels_deleted ON reels (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE scenes (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    reel_id TEXT NOT NULL REFERENCES reels (id),
    -- Counted from 1.
    position {int} NOT NULL,
    -- Heading, slide, sentences with pages, as JSON.
    script TEXT NOT NULL,
    edited {int} NOT NULL DEFAULT 0 CHECK (edited IN (0, 1)),
    -- The script before the first change of a person, as JSON: a sentence that is taken back cites its page again.
    original TEXT,
    -- The job that renders it, the latest one.
    job_id TEXT,
    -- The rendered parts, as JSON; empty until there are any.
    made TEXT,
    UNIQUE (reel_id, position)
) {strict};
CREATE INDEX scenes_by_job ON scenes (job_id) WHERE job_id IS NOT NULL;

-- Which stage results a reel stands on, so that deleting it can tell what nobody else uses.
CREATE TABLE reel_results (
    reel_id TEXT NOT NULL REFERENCES reels (id),
    key TEXT NOT NULL,
    PRIMARY KEY (reel_id, key)
) {strict};
CREATE INDEX reel_results_key ON reel_results (key);
