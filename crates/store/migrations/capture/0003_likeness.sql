-- What texts that are the same phrase have in common; empty until a phrase has a text, and of phrases from before this column, which
-- a job fills in, together with what they are found by.
ALTER TABLE capture_phrases ADD COLUMN likeness TEXT NOT NULL DEFAULT '';
CREATE INDEX capture_phrases_by_likeness ON capture_phrases (owner, likeness);
CREATE INDEX capture_phrases_without_likeness ON capture_phrases (id) WHERE likeness = '' AND text <> '';
