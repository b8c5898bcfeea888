-- What is heard of sessions while they are recorded. It goes when a session has its transcript.

CREATE TABLE scribe_live (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES scribe_sessions (id),
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- The job that hears it, the latest one.
    job_id TEXT NOT NULL,
    -- How far each segment is, with the words that may still change, as JSON: replaced with each hearing.
    state TEXT NOT NULL
) {strict};

CREATE TABLE scribe_live_passages (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    -- In the order in which they became certain.
    number {int} NOT NULL CHECK (number >= 0),
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- In milliseconds of the session.
    end_ms {int} NOT NULL CHECK (end_ms >= 0),
    -- The passage, as JSON.
    passage TEXT NOT NULL,
    PRIMARY KEY (session_id, number)
) {strict};
CREATE INDEX scribe_live_by_end ON scribe_live_passages (session_id, end_ms);
