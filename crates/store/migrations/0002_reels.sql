-- Documents that were taken in, the reels made of them, and their scenes.

CREATE TABLE documents (
    id            TEXT PRIMARY KEY,
    blob          TEXT NOT NULL,              -- hash of the file
    text_blob     TEXT NOT NULL,              -- hash of what reading it gave, as JSON
    ocr           INTEGER NOT NULL CHECK (ocr IN (0, 1)),
    name          TEXT NOT NULL,
    bytes         INTEGER NOT NULL,
    found         TEXT NOT NULL,              -- what was found in it, as JSON
    created_at    INTEGER NOT NULL,
    CHECK (length(blob) = 64 AND length(text_blob) = 64),
    UNIQUE (blob, ocr)
) STRICT;

CREATE TABLE reels (
    id            TEXT PRIMARY KEY,
    document_id   TEXT REFERENCES documents (id),  -- empty on a tombstone
    job_id        TEXT NOT NULL,              -- the job that makes it, the latest one
    title         TEXT NOT NULL,
    language      TEXT NOT NULL,
    choices       TEXT NOT NULL,              -- mode, shape, voice, presenter, captions, as JSON
    script_source TEXT,                       -- how the script was written; empty until it is
    result        TEXT,                       -- the published files, as JSON; empty until they opened
    address       TEXT NOT NULL,              -- who asked, for the limit per address
    request_key   TEXT UNIQUE,                -- the caller's idempotency key
    request_hash  TEXT,                       -- what was asked under it
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    deleted_at    INTEGER,                    -- a tombstone: everything else of it is gone
    CHECK (deleted_at IS NULL OR result IS NULL),
    CHECK (deleted_at IS NOT NULL OR document_id IS NOT NULL)
) STRICT;

CREATE INDEX reels_by_time ON reels (created_at);
CREATE INDEX reels_by_address ON reels (address, created_at);
CREATE INDEX reels_by_document ON reels (document_id);

CREATE TABLE scenes (
    id            TEXT PRIMARY KEY,
    reel_id       TEXT NOT NULL REFERENCES reels (id),
    position      INTEGER NOT NULL,           -- counted from 1
    script        TEXT NOT NULL,              -- heading, slide, sentences with pages, as JSON
    edited        INTEGER NOT NULL DEFAULT 0 CHECK (edited IN (0, 1)),
    job_id        TEXT,                       -- the job that renders it, the latest one
    made          TEXT,                       -- the rendered parts, as JSON; empty until there are any
    UNIQUE (reel_id, position)
) STRICT;

-- Which stage results a reel stands on, so that deleting it can tell what nobody else uses.
CREATE TABLE reel_results (
    reel_id       TEXT NOT NULL REFERENCES reels (id),
    key           TEXT NOT NULL,
    PRIMARY KEY (reel_id, key)
) STRICT;
