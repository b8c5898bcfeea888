#!/usr/bin/env python3
"""Kills the server between a paid call and its outcome, again and again, and compares the twin's bill with the ledger.

A runner's jobs and D-ID's are asynchronous and can be asked about: each is paid exactly once, and succeeds, whether its reply
is lost, and whether the provider reports early, twice or never. What OpenAI, OpenRouter, ElevenLabs and Google Vision answer
at once cannot be asked for later: a call whose answer was lost is never made again by itself; it stays in the ledger as
unknown, with all that was reserved for it. SLUICE_BINARY is the release binary, KILLS the number of kills on each database
(20; the whole form is `make paid-once`, 500 on each), DATABASES which (`sqlite postgres`), SEED repeats a run.
"""

import atexit
import collections
import concurrent.futures
import glob
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib

THROWAWAY = pathlib.Path(__file__).resolve().parents[1] / "throwaway-postgres.sh"
START_SECONDS, FINISH_SECONDS = 60, 300
# A dead worker's job is rescued after its lease.
LEASE_SECONDS = "1"
# How long the twin keeps an answer back, after it has charged for it, and how long its jobs take.
DELAY_MS, JOB_MS = 250, 600
# After the orders of a round: from before the first call to after the last one.
LATEST_KILL_SECONDS = 1.6
# A video is ordered in each round of so many: it is made as well, which takes longer than all else of a round.
ROUNDS_OF_A_VIDEO = 10
KEY = "sk-of-a-test-0123456789"
PRESENTER = "v2_public_twin_ada"
# What is not longer is spoken by another provider than what is, in letters.
SHORT = 30

CONFIG = """
hooks_url = "https://sluice.example.org"
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
voices = {{ ar = ["ada"], en = ["ada"] }}
[providers.gpu.prices.speak]
characters = "100"
[providers.voices]
kind = "elevenlabs"
url = "{twin}/elevenlabs"
voices = {{ es = ["21m00Tcm4TlvDq8ikWAM"] }}
[providers.router]
kind = "openrouter"
url = "{twin}/openrouter/api/v1"
models = {{ complete = "openai/gpt-5-mini" }}
[providers.eyes]
kind = "vision"
url = "{twin}/vision/v1"
[providers.faces]
kind = "d-id"
url = "{twin}/d-id"
presenters = ["{presenter}"]
[[route.speak]]
provider = "gpu"
languages = ["ar", "en"]
[[route.speak]]
provider = "work"
languages = ["es"]
longest = {short}
[[route.speak]]
provider = "voices"
languages = ["es"]
[[route.complete]]
provider = "router"
languages = ["ar"]
[[route.complete]]
provider = "work"
[[route.read]]
provider = "eyes"
[[route.present]]
provider = "faces"
"""
PROVIDERS = ["work", "gpu", "voices", "router", "eyes", "faces"]

# What is answered at once: the provider here, its kind of call, and what the twin's bill calls them.
AT_ONCE = [("work", "speak", "openai", "speech"), ("work", "complete", "openai", "chat"),
           ("router", "complete", "openrouter", "chat"), ("voices", "speak", "elevenlabs", "speech_timestamps"),
           ("eyes", "read", "vision", "annotate")]
# What takes a while, and can be asked about.
LATER = [("gpu", "runner", "submit"), ("faces", "d-id", "clips_create")]

# Nothing here is about limits.
MANY = {"hard": 1_000_000, "seconds": 60}
PLANS = {"visitor": {"address": {"jobs": MANY, "requests": MANY},
                     "user": {"unpriced_calls_per_day": {"hard": 1_000_000},
                              **{name: MANY for name in ("jobs", "requests", "entries", "generations", "model_calls")}}}}

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

    def ask(self, method, path, body=None, kind="application/json", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            text = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, path, text, {**({} if body is None else {"Content-Type": kind}), **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def done(self, method, path, body=None, **more):
        status, answer = self.ask(method, path, body, **more)
        check(status < 300, f"{method} {path} is done: {status} {answer}")
        return answer

    def send(self, path, fields, name, content):
        """A form with a file."""
        parts = [f'--part\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()]
        head = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        form = "".join([*parts, head]).encode() + content + b"\r\n--part--\r\n"
        return self.done("POST", path, form, kind="multipart/form-data; boundary=part")


class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.file, self.settings = folder / "data" / "sluice.db", {}

    def rows(self, statement):
        database = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()

    def check_sound(self):
        check(self.rows("PRAGMA integrity_check") == [("ok",)], "the database is sound")

    def end(self):
        pass


class Postgres:
    """A server of its own, which ends with its standard input."""

    name = "PostgreSQL"

    def __init__(self, folder):
        self.folder = folder / "postgres"
        self.folder.mkdir()
        if os.getuid() == 0:
            # It does not run as root, and its user has to come here.
            folder.chmod(0o755)
        self.process = subprocess.Popen([THROWAWAY, self.folder], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        atexit.register(self.end)
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))
        self.program = shutil.which("psql") or (found[-1] if found else "psql")
        self.settings = {"SLUICE_DATABASE_URL": f"postgres://postgres@localhost/postgres?host={self.folder}"}
        until = time.monotonic() + START_SECONDS
        while self.ask("SELECT 1").returncode:
            log = self.folder / "server.log"
            check(time.monotonic() < until and self.process.poll() is None,
                  f"PostgreSQL starts: {log.read_text()[-2000:] if log.exists() else 'it has no log'}")
            time.sleep(0.05)

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()

    def ask(self, statement):
        return subprocess.run([self.program, "-h", self.folder, "-U", "postgres", "-AtqX", "-F", "\t", "-c", statement],
                              capture_output=True, text=True)

    def rows(self, statement):
        done = self.ask(statement)
        check(done.returncode == 0, f"the database answers: {done.stderr}")
        value = lambda text: int(text) if text.isdigit() else text
        return [tuple(value(text) for text in line.split("\t")) for line in done.stdout.splitlines()]

    def check_sound(self):
        check(self.process.poll() is None, "the database server still runs")


def start_twin(binary, folder):
    """Its answers come late; of D-ID's, some are lost, and its reports come early, twice or never."""
    late = {"kind": "delay", "ms": DELAY_MS}
    ours = {(provider, operation) for _, _, provider, operation in AT_ONCE} | {("runner", "submit")}
    script = [{"match": {"provider": provider, "operation": operation, "count": 0}, "fault": late}
              for provider, operation in sorted(ours)]
    moods = {"rate": 0.9, "match": {"provider": "d-id", "operation": "clips_create"},
             "faults": [late, late, "reset_after", "webhook_early", "webhook_twice", "webhook_never"]}
    plan = {"script": script, "random": moods, "settings": {"job_ms": JOB_MS}}
    (folder / "faults.json").write_text(json.dumps(plan))
    arguments = [binary, "twin", "--seed", "7", "--faults", str(folder / "faults.json")]
    twin = Program(folder, "twin", "/twin", arguments, dict(os.environ))
    twin.start()
    return twin


def make_server(binary, folder, twin, database):
    data = folder / "data"
    data.mkdir()
    (folder / "models").mkdir()
    config = CONFIG.format(twin=f"http://127.0.0.1:{twin.port}", presenter=PRESENTER, short=SHORT)
    (folder / "sluice.toml").write_text(config)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    environment = dict(kept, **database.settings, SLUICE_CONFIG=str(folder / "sluice.toml"), SLUICE_LEASE_SECONDS=LEASE_SECONDS,
                       SLUICE_PLANS=json.dumps(PLANS), SLUICE_MODELS=str(folder / "models"), SLUICE_DATA=str(data))
    server = Program(folder, "server", "/api/v1/health", [binary, "serve", "--single-user"], environment)
    # The twin reports to it, whatever its public name is.
    twin.done("POST", "/twin/settings", {"webhook_base": f"http://127.0.0.1:{server.port}"})
    return server


def set_keys(binary, server, twin):
    for provider in PROVIDERS:
        server.done("PUT", f"/api/v1/providers/{provider}/key", {"key": KEY})
    secret = twin.done("GET", "/twin")["runner_webhook_secret"]
    subprocess.run([binary, "providers", "set-key", "gpu", "--hook"], input=secret, text=True, check=True,
                   stdout=subprocess.DEVNULL, env=server.environment)


def picture(number):
    """A PNG file like no other."""
    chunk = lambda name, content: (struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content)))
    rows = b"".join(b"\0" + struct.pack(">II", number, row) * 16 for row in range(64))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 128, 64, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


# Of different lengths: the twin speaks a tone for each word, so that it is these that make a sound like no other.
PLACES = ["bay", "reef", "coast", "harbor", "channel", "headland", "northwest", "lighthouse"]


def document(number):
    """A PDF file of three pages, like no other."""
    first, second, third = (PLACES[number // len(PLACES)**place % len(PLACES)] for place in range(3))
    pages = [["Lamps of the coast", f"The lamp number {number} stands on a tower above the {first}, the {second} and the {third}.",
              f"Its keeper lights it every evening for the {third}, for the {first} and for the {second}."],
             ["The keeper", f"The keeper of the lamp has a boat for the {second}, for the {first} and for the {third}.",
              f"He writes down the name of each ship of the {first}, of the {third} and of the {second}."],
             ["The ships", f"Ships that come from the {third}, the {second} or the {first} see the lamp from far away.",
              f"In the winter they saw nothing of the {second}, of the {third} and of the {first} but fog."]]
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * place) for place in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for place, lines in enumerate(pages):
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        text = f"BT /F1 14 Tf 18 TL 72 760 Td {shown} ET".encode()
        objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
                    b"/Contents %d 0 R >>" % (first + 2 * place + 1),
                    b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)]
    file, places = b"%PDF-1.4\n", []
    for place, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (place, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (file + b"xref\n0 %d\n0000000000 65535 f \n" % size + table
            + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file)))


def order(server, number):
    """Phrases that each of the providers speaks, chats, a picture, and now and then a video; each is like no other."""
    for language, text in (("ar", f"{THINGS[number % len(THINGS)]} رقم {number}"), ("es", f"la lámpara número {number}"),
                           ("es", f"la lámpara número {number} está en la torre del norte")):
        server.done("POST", "/api/v1/phrases", {"text": text, "language": language})
    for language in ("es", "ar"):
        wanted = {"theme": f"lamps, part {number}", "language": language, "count": 1}
        server.done("POST", "/api/v1/phrase-drafts", wanted)
    server.send("/api/v1/phrases/files", {"language": "es"}, "sign.png", picture(number))
    if number % ROUNDS_OF_A_VIDEO == 0:
        choices = {"shape": "1:1", "voice": "gpu:en:ada", "presenter": f"d-id:clip:{PRESENTER}"}
        server.send("/api/v1/reels", choices, "lamps.pdf", document(number))


def open_calls(database):
    """What a kill left open: of which providers calls that were being made, and calls that they were working on."""
    return database.rows("SELECT DISTINCT provider, outcome FROM calls WHERE finished_at IS NULL "
                         "AND provider IS NOT NULL AND outcome IN ('started', 'submitted')")


def kill_at_random(binary, server, twin, database, kills, rng):
    """Returns how many kills met a call of each provider that was being made, and one that had been submitted."""
    met = collections.Counter()
    for number in range(kills):
        server.start()
        if number == 0:
            set_keys(binary, server, twin)
        order(server, number)
        time.sleep(rng.uniform(0, LATEST_KILL_SECONDS))
        server.kill()
        met.update(open_calls(database))
        if number % 100 == 99:
            print(f"    {database.name}: {number + 1} kills", flush=True)
    return met


NOBODY_CAN_TELL = ", ".join(sorted({f"'{provider}'" for provider, *_ in AT_ONCE}))
UNFINISHED = f"""SELECT j.kind, j.state, j.id FROM jobs j
    WHERE j.finished_at IS NULL AND (j.kind LIKE 'capture.%' OR j.kind LIKE 'reel.%')
    AND NOT (j.state = 'waiting' AND EXISTS (SELECT 1 FROM calls c
        WHERE c.job = j.id AND c.outcome = 'unknown' AND c.provider IN ({NOBODY_CAN_TELL})))"""


# Killed in every one of its attempts, a job gives up, as it should.
GAVE_UP = "SELECT kind, state, id FROM jobs WHERE state = 'dead' AND error_code = 'worker_died'"


def settle(server, database):
    """Waits until all jobs have ended, but for those that wait for a call whose outcome nobody can tell. Of one that gave up
    its owner asks once more; returns how often."""
    server.start()
    # Kills come faster than jobs end, so that more of them are left after more kills: what must not last is that none ends.
    until, retried, fewest = time.monotonic() + FINISH_SECONDS, 0, None
    while left := database.rows(GAVE_UP) + database.rows(UNFINISHED):
        if fewest is None or len(left) < fewest:
            until, fewest = time.monotonic() + FINISH_SECONDS, len(left)
        check(time.monotonic() < until, f"all jobs end, or wait for a lost call: {len(left)} do not, such as {left[:5]}")
        for _, _, job in database.rows(GAVE_UP):
            status, answer = server.ask("POST", f"/api/v1/jobs/{job}/retry")
            # With a job those that it waits for are tried again, too.
            check(status < 300 or answer["code"] == "not_retryable", f"it is tried again: {status} {answer}")
            retried += status < 300
        time.sleep(0.2)
    return retried


def entries(twin, provider, operation):
    bill = twin.done("GET", "/twin/bill")["entries"]
    return [entry for entry in bill if (entry["provider"], entry["operation"]) == (provider, operation)]


def check_asynchronous(twin, database, name, provider, operation):
    """Each job was paid once, and its result is there."""
    bill = entries(twin, provider, operation)
    paid = collections.Counter(entry["idempotency_key"] or entry["reference"] for entry in bill)
    check(paid and max(paid.values()) == 1, f"{provider}: no job is paid twice: {paid.most_common(3)}")
    outcomes = database.rows(f"SELECT key, outcome, count(*) FROM calls WHERE provider = '{name}' AND outcome <> 'failed' GROUP BY key, outcome")
    odd = [row for row in outcomes if row[1:] != ("succeeded", 1)]
    check(not odd, f"{provider}: each has one result: {odd[:5]}")
    known = database.rows(f"SELECT provider_id FROM calls WHERE provider = '{name}' AND outcome = 'succeeded'")
    check({one for one, in known} == {entry["id"] for entry in bill}, f"{provider}: what was paid is what the ledger has")
    return len(bill)


def check_ordered(database, kills):
    """All that was ordered was made. The words of a phrase are asked of a model first: those whose answer was lost wait for a person."""
    waits = f"""SELECT count(DISTINCT c.job) FROM calls c JOIN jobs j ON j.id = c.job
        WHERE j.kind LIKE 'capture.%' AND c.outcome = 'unknown' AND c.provider IN ({NOBODY_CAN_TELL})"""
    spoken = "SELECT count(*) FROM capture_phrases WHERE language = 'ar' AND status = '{}'"
    made, waiting = (database.rows(spoken.format(status))[0][0] for status in ("pending_review", "processing"))
    check(made + waiting == kills and waiting <= database.rows(waits)[0][0],
          f"each phrase is spoken, or waits for a lost answer: {made} and {waiting} of {kills}")
    videos = database.rows("SELECT j.state, count(*) FROM jobs j WHERE j.kind = 'reel.make' GROUP BY j.state")
    check(videos == [("succeeded", -(-kills // ROUNDS_OF_A_VIDEO))], f"each video is made: {videos}")


def check_synchronous(twin, database, name, kind, provider, operation):
    """No more was paid than the ledger has, and for each request at most one call was made that may have been paid."""
    paid = len(entries(twin, provider, operation))
    mine = f"FROM calls WHERE provider = '{name}' AND kind = '{kind}' AND outcome"
    known = database.rows(f"SELECT count(*) {mine} = 'succeeded'")[0][0]
    unknown = database.rows(f"SELECT count(*) {mine} IN ('unknown', 'lost')")[0][0]
    twice = database.rows(f"SELECT key {mine} IN ('succeeded', 'unknown', 'lost') GROUP BY key HAVING count(*) > 1")
    what = f"{provider}'s {operation}"
    check(paid > 0 and not twice, f"{what}: nothing that may be paid is asked for again: {twice[:3]}")
    check(known <= paid <= known + unknown, f"{what}: what was paid is in the ledger: {known} <= {paid} <= {known + unknown}")
    held = database.rows("SELECT count(*) FROM calls c JOIN spend s ON s.job = c.job AND s.lease = c.lease "
                         f"WHERE c.provider = '{name}' AND c.kind = '{kind}' AND c.outcome = 'unknown' AND s.spent < s.reserved")[0][0]
    check(held == 0, f"{what}: while the outcome is unknown, all that was reserved counts as spent")
    return paid, known, unknown


def run(binary, make_database, kills, seed):
    """Returns what came of it, line by line."""
    with tempfile.TemporaryDirectory(prefix="sluice-paid-", ignore_cleanup_errors=True) as place:
        folder = pathlib.Path(place)
        database = make_database(folder)
        twin = start_twin(binary, folder)
        server = make_server(binary, folder, twin, database)
        met = kill_at_random(binary, server, twin, database, kills, random.Random(seed))
        retried = settle(server, database)
        server.kill()
        told = [f"{database.name}: {kills} kills; {retried} jobs were killed in each attempt, and asked for again"]
        requests = twin.done("GET", "/twin/requests")
        for name, provider, operation in LATER:
            jobs = check_asynchronous(twin, database, name, provider, operation)
            told.append(f"{provider}: {met[name, 'started']} kills met a submission, {met[name, 'submitted']} what was submitted; "
                        f"{jobs} jobs, each paid once, asked for {requests[provider][operation]} times")
        check_ordered(database, kills)
        for name, kind, provider, operation in AT_ONCE:
            paid, known, unknown = check_synchronous(twin, database, name, kind, provider, operation)
            told.append(f"{provider}: {met[name, 'started']} kills met a call; {operation}: {paid} paid; {known} have their result, "
                        f"{unknown} are unknown and were not made again")
        check(all(met[name, "started"] + met[name, "submitted"] for name, *_ in LATER), f"kills met what is asynchronous: {met}")
        database.check_sound()
        twin.kill()
        database.end()
        return told


def main():
    binary = os.environ.get("SLUICE_BINARY")
    if not binary or not os.access(binary, os.X_OK):
        raise SystemExit("set SLUICE_BINARY to the release binary: make build says where it is")
    kills, seed = int(os.environ.get("KILLS", "20")), int(os.environ.get("SEED") or random.randrange(1 << 32))
    databases = {"sqlite": Sqlite, "postgres": Postgres}
    wanted = os.environ.get("DATABASES", "sqlite postgres").split()
    print(f"    {kills} kills on each of {', '.join(wanted)}; seed {seed} (SEED repeats it)", flush=True)
    # They wait for most of their time: so they do that together.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for told in pool.map(lambda name: run(binary, databases[name], kills, seed), wanted):
            print("\n".join(f"    {line}" for line in told), flush=True)
    print(f"{len(wanted)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
