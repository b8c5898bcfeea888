//! Query plans, read: which lines walk over what grows.

use sluice_store::Dialect;

/// Tables that stay small however long the history is, and intermediate results that a limit or a family bounds.
/// Everything else grows, and what is new here does until somebody says otherwise.
const FEW: [&str; 31] = [
    "accounts",
    "buckets",
    "clock",
    "durations",
    "limits",
    "maintenance_cursors",
    "pauses",
    "plan_money",
    "providers",
    "rates",
    "schedules",
    "shares",
    "streams",
    // Those that are under way.
    "uploads",
    "workers",
    "below",
    "dues",
    "ended",
    "family",
    "first",
    "marks",
    "known",
    "queue",
    "mine",
    "one",
    "page",
    "spans",
    "unfinished",
    "wanted",
    "CONSTANT",
    "VALUES",
];

/// Indexes that have only what is not finished: walking over all of one is little.
const OPEN: [&str; 14] = [
    "blobs_collecting",
    "calls_open",
    "jobs_awaiting",
    "jobs_blocked",
    "jobs_cancelling",
    "jobs_needing_admission",
    "jobs_deadlines",
    "jobs_expiry",
    "jobs_polls",
    "jobs_ready",
    "jobs_running",
    "jobs_running_key",
    "jobs_scheduled",
    "spend_reserved",
];

/// What most of a history may have in common: to put all of it in order is to walk over it.
const COARSE: [&str; 6] = ["day", "kind", "owner", "provider", "state", "pool"];

/// The lines of a plan that walk over a history.
pub(crate) fn walks(dialect: Dialect, statement: &str, plan: &[String]) -> Vec<String> {
    let sorts = plan.iter().any(|line| line.contains("B-TREE FOR ORDER BY") || line.contains("Sort Key:"));
    let mut found = Vec::new();
    for (at, line) in plan.iter().enumerate() {
        let next = plan.get(at + 1).map_or("", String::as_str);
        let walk = match dialect {
            // An automatic index and a Bloom filter are made by a walk.
            Dialect::Sqlite => {
                let walks = ["SCAN ", "BLOOM FILTER ON "].iter().any(|begins| line.starts_with(begins));
                (walks || line.contains("AUTOMATIC")) && grows(line)
            }
            Dialect::Postgres => {
                let scans = line.contains("Seq Scan on")
                    || line.contains("Index Scan") && !next.contains("Index Cond:")
                    || line.contains("Index Only Scan") && !next.contains("Index Cond:");
                scans && grows(line)
            }
        };
        let condition = condition(line);
        // Who searches by words looks at all that the owner has.
        let coarse = sorts
            && !statement.contains("search LIKE")
            && !condition.is_empty()
            && condition.iter().all(|column| COARSE.contains(column));
        // The newest of everybody's, to look for those of one owner.
        let everybodys = condition == ["id"] && statement.contains("owner =") && line.contains('<');
        if walk || everybodys || coarse && table_grows(dialect, plan, at) {
            found.push(line.trim().to_owned());
        }
    }
    found
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split([' ', ')']).filter(|word| !word.is_empty())
}

/// Whether a line that walks names nothing that is known to be small.
fn grows(line: &str) -> bool {
    !words(line).any(|word| FEW.contains(&word) || OPEN.contains(&word) || word.starts_with("(subquery"))
}

fn table_grows(dialect: Dialect, plan: &[String], at: usize) -> bool {
    // On PostgreSQL the condition is below the line that names what it is for.
    let at = if dialect == Dialect::Postgres { at.saturating_sub(1) } else { at };
    plan.get(at).is_some_and(|line| grows(line))
}

/// The columns by which an index is searched, as `(owner=? AND id<?)` or `Index Cond: ((owner = $1) AND (id < $2))`
/// name them.
fn condition(line: &str) -> Vec<&str> {
    let text = if let Some((_, text)) = line.split_once("Index Cond: ") {
        text
    } else if line.starts_with("SEARCH ")
        && let Some((_, text)) = line.split_once('(')
    {
        text
    } else {
        return Vec::new();
    };
    let column = |part: &'_ str| part.len() - part.trim_start_matches('(').len();
    let parts = text.split(" AND ").map(|part| &part[column(part)..]);
    parts.filter_map(|part| part.split([' ', '=', '<', '>', ')', ',']).find(|word| !word.is_empty())).collect()
}

#[test]
fn a_walk_is_seen_in_the_plans_of_both_databases() {
    let seen = |dialect, statement, plan: &[&str]| {
        let plan: Vec<String> = plan.iter().map(|line| (*line).to_owned()).collect();
        !walks(dialect, statement, &plan).is_empty()
    };
    let (lite, server) = (Dialect::Sqlite, Dialect::Postgres);
    for (dialect, plan) in [
        (lite, &["SCAN jobs"][..]),
        (lite, &["SCAN child USING COVERING INDEX jobs_list"]),
        (lite, &["SEARCH b USING AUTOMATIC COVERING INDEX (key=?)"]),
        (lite, &["BLOOM FILTER ON jobs (id=?)"]),
        (lite, &["SEARCH spend USING INDEX spend_owner (owner=?)", "USE TEMP B-TREE FOR ORDER BY"]),
        (lite, &["SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id<?)"]),
        (server, &["Limit  (cost=0.00..1.00)", "  ->  Seq Scan on jobs  (cost=0.00..9.00)", "        Filter: x"]),
        (server, &["Index Scan using jobs_pkey on jobs  (cost=0.4..9)", "  Filter: (state = 'dead'::text)"]),
        (
            server,
            &[
                "Sort",
                "  Sort Key: at",
                "  ->  Index Scan using spend_owner on spend",
                "        Index Cond: (owner = $1)",
            ],
        ),
        (server, &["Index Scan Backward using jobs_pkey on jobs", "  Index Cond: (id < $1)"]),
    ] {
        assert!(seen(dialect, "SELECT 1 FROM jobs WHERE owner = $1", plan), "{plan:?}");
    }
    for (dialect, plan) in [
        (lite, &["SEARCH jobs USING INDEX jobs_list (owner=? AND id<?)"][..]),
        (lite, &["SCAN jobs USING COVERING INDEX jobs_scheduled"]),
        (lite, &["SCAN limits", "SCAN CONSTANT ROW"]),
        (lite, &["SEARCH jobs USING INDEX jobs_parent (parent=?)", "USE TEMP B-TREE FOR ORDER BY"]),
        (server, &["Index Scan using jobs_list on jobs", "  Index Cond: ((owner = $1) AND (id < $2))"]),
        (server, &["Seq Scan on limits  (cost=0.00..9.00)"]),
        (
            server,
            &[
                "Bitmap Heap Scan on jobs",
                "  Recheck Cond: (parent = $1)",
                "  ->  Bitmap Index Scan on jobs_parent",
                "        Index Cond: (parent = $1)",
            ],
        ),
    ] {
        assert!(!seen(dialect, "SELECT 1 FROM jobs WHERE owner = $1", plan), "{plan:?}");
    }
}
