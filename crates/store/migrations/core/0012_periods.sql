-- How many days somebody keeps what they have in a tier, where that is not as long as the installation does. See docs/keeping.md.

CREATE TABLE keeping_periods (
    owner TEXT NOT NULL CHECK (owner <> ''),
    app TEXT NOT NULL CHECK (app <> ''),
    -- Empty for all that the owner has of the app.
    subject TEXT NOT NULL,
    -- None: as the owner says, else as the installation does.
    hot {int} CHECK (hot > 0),
    warm {int} CHECK (warm > 0),
    PRIMARY KEY (owner, app, subject),
    CHECK (hot IS NOT NULL OR warm IS NOT NULL)
) {strict};
