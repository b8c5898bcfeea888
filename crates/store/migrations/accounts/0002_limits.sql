-- Limits of this account instead of those of its plan, as JSON; empty: the plan's.
ALTER TABLE accounts ADD COLUMN limits TEXT;
