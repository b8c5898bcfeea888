-- Calls whose price is not known, which no cap on money stops: how many of them a day may have. And calls that their owners pay.

-- The price was not known when the call was made.
ALTER TABLE calls ADD COLUMN unpriced {int} NOT NULL DEFAULT 0 CHECK (unpriced IN (0, 1));
-- The owner paid it with a key of their own: it is not in the ledger.
ALTER TABLE calls ADD COLUMN own_key {int} NOT NULL DEFAULT 0 CHECK (own_key IN (0, 1));
CREATE INDEX calls_unpriced ON calls (owner, started_at) WHERE unpriced = 1;
-- The saved key with which it is made: another key may belong to another account, which does not know it.
ALTER TABLE calls ADD COLUMN account TEXT;
CREATE INDEX calls_own_key ON calls (owner, started_at) WHERE own_key = 1;

-- With the plans' caps on money.
ALTER TABLE plan_money ADD COLUMN unpriced {int} CHECK (unpriced >= 0);
ALTER TABLE plan_money ADD COLUMN unpriced_soft {int} CHECK (unpriced_soft >= 0);
