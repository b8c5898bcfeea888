-- The keys that sign links to media. The one that is not retired signs; the others are kept until their links have expired.
CREATE TABLE link_keys (
    id TEXT NOT NULL PRIMARY KEY,
    -- 32 random bytes, in hexadecimal.
    secret TEXT NOT NULL CHECK (length(secret) = 64),
    created_at {int} NOT NULL,
    retired_at {int}
) {strict};
