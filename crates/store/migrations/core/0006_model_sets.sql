-- The sets of model files that administrators manage; see models.rs.
CREATE TABLE model_sets (
    -- Its name on the command line.
    name TEXT NOT NULL PRIMARY KEY,
    -- The last job that was asked for, and what it does. The job's row may be gone by now.
    job TEXT,
    action TEXT CHECK (action IN ('pull', 'verify', 'remove')),
    -- The machine whose worker ended the last job that came to its end.
    machine TEXT,
    -- What was found damaged there, as JSON.
    damaged TEXT NOT NULL DEFAULT '[]',
    CHECK ((job IS NULL) = (action IS NULL))
) {strict};
