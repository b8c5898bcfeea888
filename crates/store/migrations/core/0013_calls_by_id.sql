-- Every call wrote a page of this index at its beginning and another one at its end, though only those of asynchronous
-- providers have an id by which they are looked for.
DROP INDEX calls_provider;
CREATE INDEX calls_provider ON calls (provider, provider_id) WHERE provider_id IS NOT NULL AND finished_at IS NULL;
