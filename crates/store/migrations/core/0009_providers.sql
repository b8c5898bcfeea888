-- Secrets of remote providers, encrypted; see app/src/providers/sealing.rs. The owner ':system' has those of the installation.
CREATE TABLE provider_keys (
    owner TEXT NOT NULL CHECK (owner <> ''),
    provider TEXT NOT NULL CHECK (provider <> ''),
    -- What it is for: to call the provider, or to verify what the provider sends.
    purpose TEXT NOT NULL CHECK (purpose IN ('call', 'hook')),
    -- The installation's secret that it is encrypted under.
    sealed_by TEXT NOT NULL CHECK (sealed_by <> ''),
    sealed TEXT NOT NULL CHECK (sealed <> ''),
    -- Its last characters, to recognise it by.
    ending TEXT NOT NULL,
    set_at {int} NOT NULL,
    -- When the provider last accepted it.
    checked_at {int},
    PRIMARY KEY (owner, provider, purpose)
) {strict};
-- For replacing the installation's secret.
CREATE INDEX provider_keys_sealed_by ON provider_keys (sealed_by);

-- Notifications of providers that were acted on, so that a repeated one changes nothing.
CREATE TABLE provider_notices (
    provider TEXT NOT NULL CHECK (provider <> ''),
    notice TEXT NOT NULL CHECK (notice <> ''),
    at {int} NOT NULL,
    PRIMARY KEY (provider, notice)
) {strict};
CREATE INDEX provider_notices_age ON provider_notices (at);
