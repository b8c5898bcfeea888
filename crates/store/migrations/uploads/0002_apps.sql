-- The app that took the file, if it became no document: `document` is then the id of what that app made of it.
ALTER TABLE uploads ADD COLUMN app TEXT;
