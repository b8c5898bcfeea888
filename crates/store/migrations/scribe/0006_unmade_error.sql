-- How the job ended that did not succeed, and why: the session says so after the row of the job is deleted.
ALTER TABLE scribe_unmade ADD COLUMN state TEXT NOT NULL DEFAULT 'dead' CHECK (state IN ('dead', 'cancelled', 'expired'));
ALTER TABLE scribe_unmade ADD COLUMN error_code TEXT;
ALTER TABLE scribe_unmade ADD COLUMN error_message TEXT;
