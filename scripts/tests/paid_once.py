#!/usr/bin/env python3
"""Kills the server between a paid call and its outcome, again and again, and compares the twin's bill with the ledger.

A runner's jobs are asynchronous and have a key: each is paid exactly once, and succeeds. Speech and chat of a provider that
cannot be asked for what became of a call are synchronous: a call whose answer was lost is never made again by itself; it
stays in the ledger as unknown, with all that was reserved for it. SLUICE_BINARY is the release binary, KILLS the number of
kills (20; the whole form is `make paid-once`, 1,000), SEED repeats a run.
"""

import atexit
import collections
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

START_SECONDS, FINISH_SECONDS = 30, 120
# A dead worker's job is rescued after its lease.
LEASE_SECONDS = "1"
# How long the twin keeps an answer back, after it has charged for it, and how long its jobs take.
DELAY_MS, JOB_MS = 250, 600
# After the orders of a round: from before the first call to after the last one.
LATEST_KILL_SECONDS = 1.6
KEY = "sk-of-a-test-0123456789"

CONFIG = """
[outbound]
allow = ["127.0.0.1"]
[providers.work]
kind = "openai"
url = "{twin}/openai/v1"
models = {{ speak = "tts-1", complete = "gpt-5-mini" }}
voices = {{ es = ["alloy"] }}
[providers.gpu]
kind = "runner"
url = "{twin}/runner"
voices = {{ ar = ["ada"] }}
[providers.gpu.prices.speak]
characters = "100"
[[route.speak]]
provider = "gpu"
languages = ["ar"]
[[route.speak]]
provider = "work"
languages = ["es"]
[[route.complete]]
provider = "work"
"""

# Nothing here is about limits.
MANY = {"hard": 1_000_000, "seconds": 60}
PLANS = {"visitor": {"address": {"jobs": MANY, "requests": MANY},
                     "user": {name: MANY for name in ("jobs", "requests", "entries", "generations", "model_calls")}}}

# What the phrases of the runner are about.
THINGS = ["مصباح", "برج", "سفينة", "شاطئ", "موجة", "ضباب"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check(kept, promise):
    if not kept:
        raise SystemExit(f"not kept: {promise}")


class Program:
    """A program that serves HTTP on a port of its own."""

    def __init__(self, folder, name, path, arguments, environment):
        self.port, self.log, self.path = free_port(), folder / f"{name}.log", path
        self.arguments, self.environment, self.process = arguments, environment, None
        atexit.register(self.kill)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*self.arguments, "--listen", f"127.0.0.1:{self.port}"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.ask("GET", self.path)[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("it did not start:\n" + self.log.read_text()[-2000:])

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def done(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        check(status < 300, f"{method} {path} is done: {status} {answer}")
        return answer


def rows(data, statement):
    database = sqlite3.connect(f"file:{data}/sluice.db?mode=ro", uri=True, timeout=10)
    try:
        return database.execute(statement).fetchall()
    finally:
        database.close()


def start_twin(binary, folder):
    late = [{"match": {"provider": provider, "operation": operation, "count": 0}, "fault": {"kind": "delay", "ms": DELAY_MS}}
            for provider, operation in (("runner", "submit"), ("openai", "speech"), ("openai", "chat"))]
    (folder / "faults.json").write_text(json.dumps({"script": late, "settings": {"job_ms": JOB_MS}}))
    arguments = [binary, "twin", "--seed", "7", "--faults", str(folder / "faults.json")]
    twin = Program(folder, "twin", "/twin", arguments, dict(os.environ))
    twin.start()
    return twin


def make_server(binary, folder, twin):
    data = folder / "data"
    data.mkdir()
    (folder / "models").mkdir()
    (folder / "sluice.toml").write_text(CONFIG.format(twin=f"http://127.0.0.1:{twin.port}"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    environment = dict(kept, SLUICE_CONFIG=str(folder / "sluice.toml"), SLUICE_LEASE_SECONDS=LEASE_SECONDS,
                       SLUICE_PLANS=json.dumps(PLANS), SLUICE_MODELS=str(folder / "models"))
    arguments = [binary, "serve", "--single-user", "--data", str(data)]
    return Program(folder, "server", "/api/v1/health", arguments, environment), data


def order(server, number):
    """A phrase that a runner speaks, one that a provider speaks at once, and a chat; each is like no other."""
    for language, text in (("ar", f"{THINGS[number % len(THINGS)]} رقم {number}"), ("es", f"la lámpara número {number}")):
        server.done("POST", "/api/v1/phrases", {"text": text, "language": language})
    wanted = {"theme": f"lamps, part {number}", "language": "es", "count": 1}
    server.done("POST", "/api/v1/phrase-drafts", wanted)


def open_calls(data):
    """What a kill left open: calls that were being made, and calls that a provider was working on."""
    return collections.Counter(dict(rows(data, "SELECT outcome, count(*) FROM calls WHERE finished_at IS NULL "
                                               "AND provider IS NOT NULL GROUP BY outcome")))


def kill_at_random(server, data, kills, rng):
    """Returns how many kills met a call that was being made, and one that had been submitted."""
    met = collections.Counter()
    for number in range(kills):
        server.start()
        if number == 0:
            server.done("PUT", "/api/v1/providers/work/key", {"key": KEY})
            server.done("PUT", "/api/v1/providers/gpu/key", {"key": KEY})
        order(server, number)
        time.sleep(rng.uniform(0, LATEST_KILL_SECONDS))
        server.kill()
        left = open_calls(data)
        met.update(outcome for outcome in ("started", "submitted") if left[outcome])
        if number % 100 == 99:
            print(f"    {number + 1} kills", flush=True)
    return met


UNFINISHED = """SELECT j.kind, j.state, j.id FROM jobs j WHERE j.finished_at IS NULL AND j.kind LIKE 'capture.%'
    AND NOT (j.state = 'waiting' AND EXISTS (SELECT 1 FROM calls c
        WHERE c.job = j.id AND c.outcome = 'unknown' AND c.provider = 'work'))"""


# Killed in every one of its attempts, a job gives up, as it should.
GAVE_UP = "SELECT kind, state, id FROM jobs WHERE state = 'dead' AND error_code = 'worker_died'"


def settle(server, data):
    """Waits until all jobs have ended, but for those that wait for a call whose outcome nobody can tell. Of one that gave up
    its owner asks once more; returns how often."""
    server.start()
    # Kills come faster than jobs end, so that more of them are left after more kills: what must not last is that none ends.
    until, retried, fewest = time.monotonic() + FINISH_SECONDS, 0, None
    while left := rows(data, GAVE_UP) + rows(data, UNFINISHED):
        if fewest is None or len(left) < fewest:
            until, fewest = time.monotonic() + FINISH_SECONDS, len(left)
        check(time.monotonic() < until, f"all jobs end, or wait for a lost call: {len(left)} do not, such as {left[:5]}")
        for _, _, job in rows(data, GAVE_UP):
            server.done("POST", f"/api/v1/jobs/{job}/retry")
            retried += 1
        time.sleep(0.2)
    return retried


def entries(twin, provider, operation):
    bill = twin.done("GET", "/twin/bill")["entries"]
    return [entry for entry in bill if (entry["provider"], entry["operation"]) == (provider, operation)]


def check_asynchronous(twin, data, kills):
    """Each job of the runner was paid once, and its result is there."""
    paid = collections.Counter(entry["idempotency_key"] for entry in entries(twin, "runner", "submit"))
    check(max(paid.values()) == 1, f"no job of the runner is paid twice: {paid.most_common(3)}")
    outcomes = rows(data, "SELECT key, outcome, count(*) FROM calls WHERE provider = 'gpu' AND outcome <> 'failed' GROUP BY key, outcome")
    odd = [row for row in outcomes if row[1:] != ("succeeded", 1)]
    check(not odd, f"each has one result: {odd[:5]}")
    check({key for key, _, _ in outcomes} == set(paid), "what was paid is what the ledger has")
    # The words of a phrase are asked of a model first: those whose answer was lost wait for a person, and are not spoken yet.
    waiting = rows(data, "SELECT count(*) FROM capture_phrases WHERE language = 'ar' AND status = 'processing'")[0][0]
    check(len(paid) == kills - waiting, f"all that was ordered was made: {len(paid)} of {kills}, {waiting} wait for a lost answer")
    return len(paid)


def check_synchronous(twin, data, kind, operation):
    """No more was paid than the ledger has, and for each request at most one call was made that may have been paid."""
    paid = len(entries(twin, "openai", operation))
    mine = f"FROM calls WHERE provider = 'work' AND kind = '{kind}' AND outcome"
    known = rows(data, f"SELECT count(*) {mine} = 'succeeded'")[0][0]
    unknown = rows(data, f"SELECT count(*) {mine} IN ('unknown', 'lost')")[0][0]
    twice = rows(data, f"SELECT key {mine} IN ('succeeded', 'unknown', 'lost') GROUP BY key HAVING count(*) > 1")
    check(not twice, f"{kind}: nothing that may be paid is asked for again: {twice[:3]}")
    check(known <= paid <= known + unknown, f"{kind}: what was paid is in the ledger: {known} <= {paid} <= {known + unknown}")
    held = rows(data, "SELECT count(*) FROM calls c JOIN spend s ON s.job = c.job AND s.lease = c.lease WHERE c.provider = 'work' "
                      f"AND c.kind = '{kind}' AND c.outcome = 'unknown' AND s.spent < s.reserved")[0][0]
    check(held == 0, f"{kind}: while the outcome is unknown, all that was reserved counts as spent")
    return paid, known, unknown


def main():
    binary = os.environ.get("SLUICE_BINARY")
    if not binary or not os.access(binary, os.X_OK):
        raise SystemExit("set SLUICE_BINARY to the release binary: make build says where it is")
    kills, seed = int(os.environ.get("KILLS", "20")), int(os.environ.get("SEED") or random.randrange(1 << 32))
    print(f"    {kills} kills, seed {seed} (SEED repeats it)", flush=True)
    with tempfile.TemporaryDirectory(prefix="sluice-paid-") as place:
        folder = pathlib.Path(place)
        twin = start_twin(binary, folder)
        server, data = make_server(binary, folder, twin)
        met = kill_at_random(server, data, kills, random.Random(seed))
        retried = settle(server, data)
        server.kill()
        print(f"    {met['started']} kills met a call that was being made, {met['submitted']} one that was submitted; "
              f"{retried} jobs were killed in each attempt, and asked for again")
        jobs = check_asynchronous(twin, data, kills)
        submits = twin.done("GET", "/twin/requests")["runner"]["submit"]
        print(f"    runner: {jobs} jobs, each paid once; submitted {submits} times")
        for kind, operation in (("speak", "speech"), ("complete", "chat")):
            paid, known, unknown = check_synchronous(twin, data, kind, operation)
            print(f"    {operation}: {paid} paid; {known} have their result, {unknown} are unknown and were not made again")
        check(met["started"] + met["submitted"] > 0, "a kill met an open call")
        check(rows(data, "PRAGMA integrity_check") == [("ok",)], "the database is sound")
    print("3 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
