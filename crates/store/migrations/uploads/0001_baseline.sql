-- Resumable uploads (tus 1.0) that are being received, or have ended a while ago. Their bytes are in the media store's
-- staging place, under the upload's id; see docs/uploads.md.

CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- How long the file is, as its client declared.
    length {int} NOT NULL CHECK (length > 0),
    -- How many bytes of it are durable: what the client is told. All of them only once there is a document, which is
    -- written in the same transaction.
    received {int} NOT NULL DEFAULT 0,
    -- `Upload-Metadata` as it came, and what of it has a meaning here.
    metadata TEXT NOT NULL,
    name TEXT NOT NULL,
    ocr {int} NOT NULL CHECK (ocr IN (0, 1)),
    -- The one request that may append now, until when, and whether another has asked for its place.
    lease TEXT,
    lease_until {int},
    wanted {int} NOT NULL DEFAULT 0 CHECK (wanted IN (0, 1)),
    -- What became of it: the document, which may be deleted before this row, or as JSON why there is none.
    document TEXT,
    refused TEXT,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    CHECK (received BETWEEN 0 AND length),
    CHECK ((received = length) = (document IS NOT NULL)),
    CHECK (document IS NULL OR refused IS NULL),
    CHECK ((lease IS NULL) = (lease_until IS NULL)),
    CHECK (lease IS NULL OR (document IS NULL AND refused IS NULL))
) {strict};
CREATE INDEX uploads_expiry ON uploads (expires_at);
CREATE INDEX uploads_open ON uploads (owner) WHERE document IS NULL AND refused IS NULL;
