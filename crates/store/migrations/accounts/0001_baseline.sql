-- Accounts, and what proves that a request is made by one. Secrets (of sessions, tokens, invitations) are stored as
-- SHA-256 only: they have 256 random bits, so that a slow hash would protect nothing.

CREATE TABLE accounts (
    -- What all rows of this account's owner say.
    owner TEXT NOT NULL CHECK (owner <> '') PRIMARY KEY,
    -- In lower case; empty on a tombstone, and if an issuer vouches for somebody without an address.
    email TEXT UNIQUE,
    name TEXT NOT NULL,
    -- Argon2id, in PHC string format. Empty if only an issuer vouches for it.
    password TEXT,
    role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    -- The plan of the configuration that its limits come from.
    plan TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'deleted')),
    -- Links that were signed under an earlier epoch are refused.
    link_epoch {int} NOT NULL DEFAULT 0,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    -- Of a deleted account: when the last of what it owned was removed.
    left_at {int},
    CHECK (state <> 'deleted' OR email IS NULL)
) {strict};
CREATE INDEX accounts_by_role ON accounts (role, state);
CREATE INDEX accounts_leaving ON accounts (owner) WHERE state = 'deleted' AND left_at IS NULL;

-- What an OpenID Connect issuer calls an account.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    owner TEXT NOT NULL CHECK (owner <> '') REFERENCES accounts (owner) ON DELETE CASCADE,
    created_at {int} NOT NULL,
    PRIMARY KEY (issuer, subject)
) {strict};
CREATE INDEX identities_by_owner ON identities (owner);

-- Signed-in browsers.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> '') REFERENCES accounts (owner) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE,
    -- The secret before the last rotation: requests that were on their way when it changed still have it.
    previous_hash TEXT UNIQUE,
    rotated_at {int} NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at {int} NOT NULL,
    seen_at {int} NOT NULL,
    expires_at {int} NOT NULL
) {strict};
CREATE INDEX sessions_by_owner ON sessions (owner, id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Tokens for programs.
CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> '') REFERENCES accounts (owner) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    -- Its first characters, to be recognised by.
    shown TEXT NOT NULL,
    -- Separated by spaces, as in RFC 6749.
    scopes TEXT NOT NULL,
    created_at {int} NOT NULL,
    -- Empty: until it is revoked.
    expires_at {int},
    used_at {int}
) {strict};
CREATE INDEX tokens_by_owner ON tokens (owner, id);
CREATE INDEX tokens_by_end ON tokens (expires_at) WHERE expires_at IS NOT NULL;

-- Links that let one person make an account. The owner is who invited; the first administrator is invited by the
-- installation.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    hash TEXT NOT NULL UNIQUE,
    -- The only address that may use it; empty: any.
    email TEXT,
    role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    plan TEXT NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL
) {strict};
CREATE INDEX invitations_by_owner ON invitations (owner, id);
CREATE INDEX invitations_by_end ON invitations (expires_at);
