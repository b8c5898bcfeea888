-- Whether a phrase is there already; none is longer than 500 characters.
CREATE INDEX capture_phrases_by_text ON capture_phrases (owner, text);
