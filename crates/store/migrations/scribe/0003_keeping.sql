-- The tier of a session, and its archive.

ALTER TABLE scribe_sessions ADD COLUMN tier TEXT NOT NULL DEFAULT 'hot' CHECK (tier IN ('hot', 'warm', 'cold'));
-- Since when it is in its tier; none while it never left the first.
ALTER TABLE scribe_sessions ADD COLUMN tier_at {int};
-- The name of the bytes of its archive.
ALTER TABLE scribe_sessions ADD COLUMN archive TEXT CHECK ((archive IS NOT NULL) = (tier = 'warm'));
CREATE INDEX scribe_sessions_by_tier ON scribe_sessions (tier, id);
