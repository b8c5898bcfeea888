//! Where the databases must differ: named fragments, each with its reason. Everything else is one SQL text for both.

/// The database's own clock in milliseconds since 1970. Leases are decided by it alone, so that workers whose clocks
/// differ agree on who holds a job. SQLite has no function for it that PostgreSQL shares.
macro_rules! now_ms {
    () => {
        "(CAST(unixepoch('subsec') * 1000 AS INTEGER) + (SELECT offset_ms FROM clock))"
    };
}

/// The holder of a lease that has not run out: the fence before every write of a running job. `$1` is the job, `$2`
/// the lease.
macro_rules! held {
    () => {
        concat!("id = $1 AND lease_id = $2 AND state = 'running' AND lease_until > ", now_ms!())
    };
}

/// Begins a unit of work. SQLite's plain `BEGIN` takes the write lock at the first write, where waiting for it can
/// fail with a stale snapshot; `IMMEDIATE` waits at the start, where nothing has been read yet.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

pub(crate) use {held, now_ms};
