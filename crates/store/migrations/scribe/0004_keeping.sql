-- The tier of a session, and its archive.

ALTER TABLE scribe_sessions ADD COLUMN tier TEXT NOT NULL DEFAULT 'hot' CHECK (tier IN ('hot', 'warm', 'cold'));
-- Since when it is in its tier; none while it never left the first.
ALTER TABLE scribe_sessions ADD COLUMN tier_at {int};
-- The name of the bytes of its archive.
ALTER TABLE scribe_sessions ADD COLUMN archive TEXT CHECK ((archive IS NOT NULL) = (tier = 'warm'));
CREATE INDEX scribe_sessions_by_tier ON scribe_sessions (tier, id);

-- Kinds of jobs of which the latest did not succeed for a session: what they should have made is made from its sound. Rows of
-- jobs are deleted after a month, and this must outlive them.
CREATE TABLE scribe_unmade (
    session_id TEXT NOT NULL REFERENCES scribe_sessions (id),
    kind TEXT NOT NULL CHECK (kind <> ''),
    owner TEXT NOT NULL CHECK (owner <> ''),
    job_id TEXT NOT NULL,
    PRIMARY KEY (session_id, kind)
) {strict};
