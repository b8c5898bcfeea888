-- What the first stage asked for, as JSON: a job that is begun again from there asks for the same.
ALTER TABLE jobs ADD COLUMN first_need TEXT;
