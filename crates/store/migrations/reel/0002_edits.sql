-- What a person changed of a storyboard.

-- Whether scenes were added, deleted or moved.
ALTER TABLE reels ADD COLUMN edited {int} NOT NULL DEFAULT 0 CHECK (edited IN (0, 1));

-- The script of an edited scene before the first change, as JSON: a sentence that is taken back cites its page again.
ALTER TABLE scenes ADD COLUMN original TEXT;
