#!/usr/bin/env python3
"""Mutation tests: breaks the engine on purpose, and checks that a test fails: `make mutants`.

Each mutant is one change of the code, made in a copy of the tree that goes away. It counts as noticed when its check
fails; a mutant that does not compile, or whose text is not there exactly once, is an error of this list. All checks
run on the unbroken tree first. `--only` takes prefixes of names."""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A separate folder: cargo names artefacts by the path in the tree, so a broken crate could be taken for ours.
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "mutants"

STORE, ENGINE = "crates/store/src", "crates/engine/src"
# Longest time that a check takes to build, and to run, in seconds; unbroken, each runs for less than a minute.
LONGEST_BUILD, LONGEST_CHECK = 1_200, 240
# The checks: the contracts on SQLite, those on PostgreSQL, PostgreSQL's own tests, the store's of budgets, or worlds of the
# simulation.
SQLITE = ["cargo", "test", "--profile", "mutants", "--locked", "-q", "-p", "sluice-engine", "--test", "contracts", "--"]
POSTGRES = ["cargo", "test", "--profile", "mutants", "--locked", "-q", "-p", "sluice-engine", "--test", "contracts_postgres", "--"]
SERVER = ["cargo", "test", "--profile", "mutants", "--locked", "-q", "-p", "sluice-engine", "--test", "postgres", "--"]
BUDGETS = ["cargo", "test", "--profile", "mutants", "--locked", "-q", "-p", "sluice-store", "--test", "work", "--", "money_locks::postgres"]
WORLDS = ["cargo", "run", "--profile", "mutants", "--locked", "-q", "-p", "sluice-engine", "--example", "simulate", "--", "--runs", "60000"]

# name, file, original text, replacement, checks that must fail
MUTANTS = [
    ("the lease is not checked for its time", f"{STORE}/jobs/lease.rs",
     "state = 'running' AND lease_until > $3 {lock}", "state = 'running' AND $3 > 0 {lock}", SQLITE + ["leases::"]),
    ("the lease is not checked for its name", f"{STORE}/jobs/lease.rs",
     "WHERE id = $1 AND lease_id = $2 AND", "WHERE id = $1 AND $2 <> '' AND", SQLITE + ["leases::"]),
    ("many are finished without a look at the lease's time", f"{STORE}/jobs/settle.rs",
     "AND jobs.lease_until > $1 AND jobs.cancel_requested_at IS NULL", "AND jobs.cancel_requested_at IS NULL", SQLITE + ["leases::"]),
    ("an expired lease is renewed", f"{STORE}/jobs/lease.rs",
     "AND jobs.lease_until > $1\",", "AND jobs.lease_until + $1 > 0\",", SQLITE + ["leases::"]),
    ("the attempt is counted late", f"{STORE}/jobs/claim.rs",
     "attempt = attempt + 1,", "attempt = CASE WHEN attempt = 0 THEN 1 ELSE attempt END,", SQLITE),
    ("BEGIN for BEGIN IMMEDIATE", f"{STORE}/group.rs",
     'const BEGIN: &str = "BEGIN IMMEDIATE";', 'const BEGIN: &str = "BEGIN";', WORLDS),
    ("SKIP LOCKED is left out", f"{STORE}/dialect.rs",
     '("{skip_locked}", "", "FOR UPDATE SKIP LOCKED")', '("{skip_locked}", "", "FOR UPDATE")', SERVER + ["claims_pass"]),
    ("dead workers' jobs stay with them", f"{STORE}/jobs/maintenance.rs",
     "Task::Rescue => rescue(tx, &mut row, now).await?,", "Task::Rescue => false,", SQLITE + ["leases::"]),
    ("a budget that is set does not count what is under way", f"{STORE}/jobs/spend.rs",
     "reserved = excluded.reserved, spent = excluded.spent + budgets.forgotten", "spent = budgets.spent", SQLITE + ["budgets::"]),
    ("one bad row stops the maintenance of all", f"{ENGINE}/bisect.rs",
     "Err(error) if range.len() <= 1 => outcomes.push(Err(error)),", "Err(error) if range.len() < 10_000 => outcomes.extend(range.map(|_| Err(error.again()))),", SQLITE + ["isolation::"]),
    ("what failed in maintenance is tried at once", f"{ENGINE}/maintenance.rs",
     "retry.at = now + pause;", "retry.at = now;", SQLITE + ["isolation::unreadable"]),
    ("a snooze spends an attempt", f"{STORE}/jobs/machine.rs",
     "self.attempt = self.attempt.saturating_sub(1);\n        self.reschedule(delay, now);", "self.reschedule(delay, now);", SQLITE),
    ("a limit does not count what runs", f"{STORE}/jobs/admission.rs",
     "(limit - running(tx, scope, name).await?).max(0)", "limit", SQLITE + ["offers::"]),
    ("connections that are older than a timeout are reused", f"{STORE}/connections.rs",
     "&& timed_out_at.is_none_or(|at| at < opened.opened_at)", "&& timed_out_at.is_none_or(|_| true)", SERVER + ["after_one_timeout"]),
    ("connections to a server that takes no writes are kept", f"{STORE}/unit.rs",
     'row.try_get::<&str, _>("read_only")? == "on"', 'row.try_get::<&str, _>("read_only")? == "never"', POSTGRES + ["refusing::"]),
    ("processes count a limit's slots at the same time", f"{STORE}/jobs/admission.rs",
     "    if !tx.on_postgres() {", "    if tx.on_postgres() || !tx.on_postgres() {", SERVER + ["processes_that_claim"]),
    ("no rescan is requested for a job below the low-water mark", f"{STORE}/jobs/row.rs",
     "        tx.request_rescan();\n", "", SERVER + ["an_urgent_job"]),
    ("a claim never scans from the start again", f"{ENGINE}/worker.rs",
     "if (due && since >= poll / 2) || since >= poll * 2 {", "if due && since > poll * 1_000_000 {", SERVER + ["a_job_without_a_notification"]),
    ("low-water marks pass jobs that are not visible yet", f"{STORE}/jobs/owner_queues.rs",
     "queue.low_water_mark.min(safe)", "queue.low_water_mark.max(safe)", SERVER + ["a_claim_begins"]),
    ("a name in the log may end its constant", f"{STORE}/events.rs",
     """.replace('\\'', "''"))""", ")", POSTGRES + ["events::whatever"]),
    ("owners are served as they come", f"{STORE}/jobs/claim.rs",
     ".min_by_key(|queue| (queue.tag, queue.served))", ".min_by_key(|queue| (queue.served, queue.owner.clone()))", SQLITE + ["offers::"]),
    ("money is reserved beyond the cap", f"{STORE}/jobs/spend.rs",
     "AND reserved + spent + $3 <= $4", "AND reserved + spent <= $4", SQLITE + ["paying::"]),
    ("a reservation is not released", f"{STORE}/jobs/spend/locks.rs",
     '} else { "reserved - $3" };', '} else { "reserved - $3 + $3" };', SQLITE + ["paying::"]),
    ("claims wait for budgets in any order", f"{STORE}/jobs/spend/locks.rs",
     "held.last().is_none_or(|last| last < first)", "held.last().is_none_or(|last| last < first || last > first)", BUDGETS),
    ("what is booked is written at once", f"{STORE}/jobs/settle.rs",
     "    calls::release(tx, &mut row, lease, same_stage).await?;\n",
     "    calls::release(tx, &mut row, lease, same_stage).await?;\n    crate::jobs::spend::write_bookings(tx).await?;\n", BUDGETS),
    ("a lost answer is not asked about", f"{ENGINE}/call/asking.rs",
     "match self.timed(ask.provider(), ask.look(key, open.provider_id.as_deref())).await {", "match Ok::<_, super::CallError>(Found::<T>::Nothing) {",
     SQLITE + ["paying::"]),
    ("a paid answer is not stored", f"{ENGINE}/call/open.rs",
     "results::store(tx, key, kind, &value).await?;", "", SQLITE + ["paying::"]),
    ("a dead worker's calls count as unasked", f"{STORE}/calls.rs",
     "CASE askable WHEN 1 THEN 'unknown' ELSE 'lost' END", "CASE askable WHEN 1 THEN 'failed' ELSE 'lost' END,\n             cost = CASE askable WHEN 1 THEN 0 END", WORLDS),
    ("a call has several open rows", "crates/store/migrations/core/0001_baseline.sql",
     "CREATE UNIQUE INDEX calls_open ON calls (key) WHERE finished_at IS NULL;",
     "CREATE UNIQUE INDEX calls_open ON calls (key, id) WHERE finished_at IS NULL;", SQLITE + ["submitting::"]),
    ("a result that was stored a moment ago is asked for again", f"{STORE}/calls.rs",
     "if results::find(tx, &call.key).await?.is_none() {", "if results::find(tx, &call.key).await?.is_none() || call.key != call.id {",
     POSTGRES + ["results::"]),
    ("the provider's id is not stored with its reply", f"{ENGINE}/call/submitting.rs",
     "self.note_submitted(&call, &provider_id).await?;\n                    Ok(Called::Pending", "Ok(Called::Pending", SQLITE + ["submitting::"]),
    ("money is free again while a provider works", f"{STORE}/jobs/spend.rs",
     "    if calls.submitted > 0 {\n        return Ok(());\n    }\n    lock_ledger(tx).await?;\n    let reserved",
     "    lock_ledger(tx).await?;\n    let reserved", SQLITE + ["submitting::"]),
    ("what was submitted is fetched only with money for another", f"{STORE}/jobs/machine.rs",
     "self.need = Need { work: self.need.work, ..Need::default() };", "", SQLITE + ["submitting::"]),
    ("who looked after a call may ask for more", f"{ENGINE}/run.rs",
     "(!need.is_free()).then_some(need)", "(!need.is_free()).then_some(need).filter(|_| false)", SQLITE + ["submitting::"]),
    ("a webhook before the wait is lost", f"{STORE}/calls.rs",
     "AND finished_at IS NULL AND notified = 0 {lock}", "AND finished_at IS NULL AND notified >= 0 {lock}", SQLITE + ["submitting::a_webhook"]),
    ("a result that is gone is paid for again", f"{ENGINE}/call/submitting.rs",
     "if open.provider_id.is_none() {", "if open.provider_id.is_none() || open.outcome == Outcome::Submitted {", SQLITE + ["submitting::"]),
    ("work of a job that is cancelled goes on", f"{ENGINE}/call/submitting.rs",
     "if self.is_unwanted(open).await? {", "if self.is_unwanted(open).await? && open.notified {", SQLITE + ["submitting::"]),
    ("work that another waits for is cancelled", f"{ENGINE}/call/submitting.rs",
     "Ok::<_, JobError>(stops && !calls::is_awaited(tx, &open.id).await?)", "Ok::<_, JobError>(stops)", SQLITE + ["submitting::"]),
    ("who waits for a call is not woken by its end", f"{STORE}/calls.rs",
     "        row.call_changed(now);\n        row.save(tx).await?;\n", "", SQLITE + ["results::"]),
    ("a schedule's tick is not noted", f"{STORE}/schedules.rs",
     "UPDATE schedules SET next_at = $2, last_at", "UPDATE schedules SET next_at = next_at + $2 - $2, last_at", SQLITE + ["offers::a_schedule"]),
    ("the log's numbers have gaps", f"{STORE}/events.rs",
     "SELECT owner, last - $2, $3, $4 FROM streams", "SELECT owner, last - $2 + 1, $3, $4 FROM streams", SQLITE + ["events::"]),
    ("a unit of work that fails is committed with its neighbours", f"{STORE}/group.rs",
     'run(&self.connection, "ROLLBACK TO unit")', 'run(&self.connection, "SELECT 1")', SQLITE + ["storage::"]),
    ("a parent is woken by its first child", f"{STORE}/jobs/settle.rs",
     "if !waits || has_unfinished_children(tx, &parent.id).await? {", "if !waits {", SQLITE + ["waiting::"]),
    ("what is blocked does not wait for all", f"{STORE}/jobs/dependencies.rs",
     "if open.is_some() {", "if open.is_none() && open.is_some() {", SQLITE + ["offers::"]),
    ("a rate is not charged", f"{STORE}/jobs/rates.rs",
     "        write(tx, &changed).await?;\n", "", SQLITE + ["rates::"]),
    ("a rate is not charged, in a world", f"{STORE}/jobs/rates.rs",
     "        write(tx, &changed).await?;\n", "", WORLDS),
    ("a rate forgives debts", f"{STORE}/jobs/bucket.rs",
     "saturating_sub(self.terms.price(n)).max(DEEPEST);", "saturating_sub(self.terms.price(n)).max(0);", SQLITE + ["rates::"]),
    ("a rate runs with a clock that is set back", f"{STORE}/jobs/bucket.rs",
     "if now < self.filled_at {", "if now < i64::MIN {", SQLITE + ["rates::"]),
    ("a rate lets what is small overtake", f"{STORE}/jobs/admission.rs",
     "                self.capacities.insert((scope, name.to_owned()), 0);\n                return true;", "                return true;", SQLITE + ["rates::"]),
    ("a rate's corrections add up", f"{STORE}/jobs/rates.rs",
     "let taken = std::mem::replace(&mut row.need.amounts, used);", "let taken = row.need.amounts;", SQLITE + ["rates::"]),
    ("a rate wakes nobody", f"{ENGINE}/worker.rs",
     "self.retry_claim_at.unwrap_or(self.due).min(self.due)", "self.due", SQLITE + ["rates::"]),
]


def run(command, tree, seconds):
    """Its exit code and output. By way of a file: a database server that outlives its test would hold a pipe open."""
    with tempfile.TemporaryFile(mode="w+") as output:
        # A separate session: if it hangs, it is killed with all its children.
        with subprocess.Popen(command, cwd=tree, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                              start_new_session=True, env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)}) as process:
            try:
                code = process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                code = None
        output.seek(0)
        return code, output.read()


def build(check):
    """What builds a check without running it."""
    if check[1] == "run":
        return ["cargo", "build", *check[2:check.index("--")]]
    return [*check[:check.index("--")], "--no-run"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="BEGINNING,…")
    wanted = parser.parse_args().only.split(",")
    mutants = [mutant for mutant in MUTANTS if mutant[0].startswith(tuple(wanted))]
    for beginning in wanted:
        if not any(mutant[0].startswith(beginning) for mutant in mutants):
            parser.error(f"no mutant's name begins with \"{beginning}\"")
    begun, unnoticed, errors = time.monotonic(), [], []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, names.split("\0")):
            if name.startswith(("crates/", "Cargo", ".cargo/", "rust", "clippy", "docs/", "scripts/")):
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                # Not with its time: cargo would take what the last mutant left for what this file gives.
                shutil.copyfile(ROOT / name, tree / name)
                shutil.copymode(ROOT / name, tree / name)
        for check in sorted({tuple(check) for *_, check in mutants}):
            for command, seconds in ((build(list(check)), LONGEST_BUILD), (list(check), LONGEST_CHECK)):
                code, output = run(command, tree, seconds)
                if code != 0:
                    sys.exit(f"{' '.join(command)} fails on the unbroken tree:\n{output[-3000:]}")
        for name, file, old, new, check in mutants:
            path = tree / file
            text = path.read_text()
            if text.count(old) != 1:
                errors.append(f"{name}: its text is in {file} {text.count(old)} times")
                continue
            path.write_text(text.replace(old, new))
            started = time.monotonic()
            code, output = run(build(check), tree, LONGEST_BUILD)
            if code != 0:
                path.write_text(text)
                errors.append(f"{name}: it does not compile\n{output[-1500:]}")
                continue
            code, output = run(check, tree, LONGEST_CHECK)
            failed = code != 0
            path.write_text(text)
            # How it was detected: a failed test, a violation in a simulated world, or a timeout.
            by = re.search(r"^(\S+) --- FAILED|^test (\S+) \.\.\. FAILED|^(.*violation.*)$", output, re.MULTILINE)
            how = "it hangs" if code is None else next(filter(None, by.groups())) if by else "no test by name"
            print(f"  {'noticed' if failed else 'NOT NOTICED':<12} {name} ({time.monotonic() - started:.0f} s"
                  f"{': ' + how[:100] if failed else ''})", flush=True)
            if not failed:
                unnoticed.append(name)
    for error in errors:
        print(f"  error: {error}")
    print(f"{len(mutants) - len(unnoticed) - len(errors)} of {len(mutants)} mutants noticed, {len(unnoticed)} not, "
          f"{len(errors)} errors, {time.monotonic() - begun:.0f} s")
    sys.exit(1 if unnoticed or errors else 0)


if __name__ == "__main__":
    main()
