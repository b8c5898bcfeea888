-- What is known of a script that a model was asked for: who wrote it, its price, what was refused. As JSON; empty for an
-- extract that was chosen.
ALTER TABLE reels ADD COLUMN script_note TEXT;
