-- What is on top of a transcript: edits, who speaks, and what is made of it.

-- Changes with every edit, and with a transcript in the place of another.
ALTER TABLE scribe_sessions ADD COLUMN revision {int} NOT NULL DEFAULT 0;
-- Edits that the latest transcript has no passage for any more.
ALTER TABLE scribe_sessions ADD COLUMN edits_dropped {int} NOT NULL DEFAULT 0;

-- The latest edit of each passage.
CREATE TABLE scribe_edits (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    -- The number of the passage in the transcript.
    passage {int} NOT NULL CHECK (passage >= 0),
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- What was heard: by it the passage is found in another transcript of the same sound.
    segment {int} NOT NULL,
    start_ms {int} NOT NULL,
    end_ms {int} NOT NULL,
    heard TEXT NOT NULL,
    -- What a person wrote in its place, and who they say speaks.
    text TEXT,
    speaker {int} CHECK (speaker >= 0),
    edited_at {int} NOT NULL,
    PRIMARY KEY (session_id, passage),
    CHECK (text IS NOT NULL OR speaker IS NOT NULL)
) {strict};

-- Voices of people. One is known in every session of its owner.
CREATE TABLE scribe_voices (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    name TEXT CHECK (name <> ''),
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
) {strict};

CREATE TABLE scribe_speakers (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    -- From 0, in the order in which they first speak.
    number {int} NOT NULL CHECK (number >= 0),
    owner TEXT NOT NULL CHECK (owner <> ''),
    voice_id TEXT NOT NULL REFERENCES scribe_voices (id),
    -- What the voice sounds like here: a JSON array of numbers, and the model that they are of.
    embedding TEXT NOT NULL,
    model TEXT NOT NULL,
    heard_ms {int} NOT NULL CHECK (heard_ms >= 0),
    PRIMARY KEY (session_id, number)
) {strict};
CREATE INDEX scribe_voices_by_owner ON scribe_voices (owner);
CREATE INDEX scribe_speakers_by_voice ON scribe_speakers (voice_id);
CREATE INDEX scribe_speakers_by_owner ON scribe_speakers (owner, session_id);

-- What was made of a session beside its transcript.
CREATE TABLE scribe_made (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    kind TEXT NOT NULL CHECK (kind IN ('summary', 'waveform')),
    owner TEXT NOT NULL CHECK (owner <> ''),
    value TEXT NOT NULL,
    made_at {int} NOT NULL,
    PRIMARY KEY (session_id, kind)
) {strict};
