-- What is kept in tiers, of any app: what must not be moved, and what was. See docs/keeping.md.

CREATE TABLE keeping_holds (
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- Both empty for everything that the owner has.
    app TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_at {int} NOT NULL,
    PRIMARY KEY (owner, app, subject),
    CHECK ((app = '') = (subject = ''))
) {strict};

CREATE TABLE keeping_tombstones (
    owner TEXT NOT NULL CHECK (owner <> ''),
    app TEXT NOT NULL CHECK (app <> ''),
    subject TEXT NOT NULL CHECK (subject <> ''),
    moved_at {int} NOT NULL,
    -- Which rule moved it, such as "hot 7 days".
    rule TEXT NOT NULL CHECK (rule <> ''),
    tier TEXT NOT NULL CHECK (tier IN ('hot', 'warm', 'cold')),
    -- What is no longer there, and the bytes before and after.
    what TEXT NOT NULL,
    bytes_before {int} NOT NULL CHECK (bytes_before >= 0),
    bytes_after {int} NOT NULL CHECK (bytes_after >= 0),
    PRIMARY KEY (owner, app, subject, moved_at, tier)
) {strict};
