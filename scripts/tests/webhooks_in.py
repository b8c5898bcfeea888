#!/usr/bin/env python3
"""Reports of providers reach `sluice serve`: of a runner, of D-ID and of ElevenLabs, each by the twin.

Whoever knows the address may knock, and nothing that a report says is believed: it only has the provider asked. What is
unsigned, forged, a year old, of unknown work, late, repeated or at a wrong address changes nothing, and what never comes is
made up for by asking. In the end each piece of work was paid once. All of it on SQLite and on PostgreSQL: DATABASES says on which
(`sqlite postgres`). SLUICE_BINARY is the release binary.
"""

import base64
import concurrent.futures
import hashlib
import hmac
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse
import wave

from paid_once import KEY, LEASE_SECONDS, PLANS, PRESENTER, Postgres, Program, Sqlite, check, document, entries

PATIENCE = 120
YEAR = 365 * 86_400
# The first time that D-ID and ElevenLabs are asked without a report, in seconds.
FIRST_LOOK = 10
# Work of the twin lasts so long until the test lets it end; that of ElevenLabs ends by itself.
ENDLESS_MS, SHORT_MS, HEARD_MS = 600_000, 300, 6_000
# Where a forged report says that the result is.
INNER = "http://169.254.169.254/latest/meta-data/forged.mp4"

CONFIG = """
hooks_url = "https://sluice.example.org"
[outbound]
allow = ["127.0.0.1"]
[providers.gpu]
kind = "runner"
url = "{twin}/runner"
voices = {{ ar = ["ada"] }}
[providers.mouth]
kind = "openai"
url = "{twin}/openai/v1"
models = {{ speak = "tts-1" }}
voices = {{ en = ["alloy"] }}
[providers.faces]
kind = "d-id"
url = "{twin}/d-id"
presenters = ["{presenter}"]
[providers.ears]
kind = "elevenlabs"
url = "{twin}/elevenlabs"
by_webhook = true
[[route.speak]]
provider = "gpu"
languages = ["ar"]
[[route.speak]]
provider = "mouth"
languages = ["en"]
[[route.present]]
provider = "faces"
[[route.transcribe]]
provider = "ears"
"""


def until(promise, ask, patience=PATIENCE):
    """Waits until it is so, and returns it."""
    end = time.monotonic() + patience
    while not (found := ask()):
        check(time.monotonic() < end, f"{promise} within {patience} s")
        time.sleep(0.05)
    return found


class Provider:
    """One that reports: how it signs, and what is ordered of it."""

    def __init__(self, world, name, twin_name, submits, asks, secret=None):
        self.world, self.name, self.twin_name, self.submits, self.asks, self.secret = world, name, twin_name, submits, asks, secret
        self.ordered, self.reels = 0, []

    def open_work(self):
        """The provider's ids of what it is working on, in any order: a video has several scenes."""
        found = self.world.database.rows(f"SELECT provider_id FROM calls WHERE provider = '{self.name}' AND outcome = 'submitted'")
        return [work for (work,) in found]

    def asked(self):
        return self.world.twin.done("GET", "/twin/requests").get(self.twin_name, {}).get(self.asks, 0)

    def marks(self):
        """What a report that is acted on leaves: that it came, and that the provider is to be asked."""
        rows = self.world.database.rows
        return (rows(f"SELECT count(*) FROM provider_notices WHERE provider = '{self.name}'"),
                rows(f"SELECT count(*) FROM calls WHERE provider = '{self.name}' AND notified = 1"))

    def ledger(self):
        return self.world.database.rows(f"SELECT id, outcome, provider_id, cost, finished_at FROM calls WHERE provider = '{self.name}' ORDER BY id")

    def knock(self, body, headers, path=None):
        return self.world.server.ask("POST", path or self.world.doors[self.name], body, headers=headers)[0]

    def check_bill(self):
        bill = entries(self.world.twin, self.twin_name, self.submits)
        outcomes = self.world.database.rows(f"SELECT outcome, count(*) FROM calls WHERE provider = '{self.name}' GROUP BY outcome")
        check(outcomes == [("succeeded", self.ordered)], f"{self.name}: all that was ordered has its result: {outcomes} of {self.ordered}")
        check(len(bill) == self.ordered, f"{self.name}: each is paid once: {len(bill)} of {self.ordered}")
        submitted = self.world.twin.done("GET", "/twin/requests")[self.twin_name][self.submits]
        check(submitted == self.ordered, f"{self.name}: each was asked for once: {submitted} of {self.ordered}")


class Runner(Provider):
    THINGS = ["مصباح", "برج", "سفينة", "شاطئ", "موجة", "ضباب", "قمر", "نجم", "بيت", "باب"]

    # So many are more pieces of work than there are moods.
    orders = 6

    def order(self):
        new = {"text": f"{self.THINGS[self.ordered]} صغير", "language": "ar"}
        self.ordered += 1
        return self.world.server.done("POST", "/api/v1/phrases", new)["items"][0]["id"]

    def is_made(self, phrase):
        return self.world.is_card(phrase)

    def body(self, work, lie):
        told = {"id": work, "status": "failed", "error": {"code": "out_of_memory", "message": "no"}} if lie else {"id": work}
        return json.dumps({"type": "job.failed" if lie else "job.completed", "timestamp": "2026-11-28T12:00:00Z", "data": told}).encode()

    def sign(self, body, at=0, secret=None):
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        name, moment = f"msg_{random.randrange(1 << 40)}", str(int(time.time()) + at)
        signature = base64.b64encode(hmac.digest(key, f"{name}.{moment}.".encode() + body, "sha256")).decode()
        return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{signature}"}

    WRONG = "whsec_Zm9yZ2VkLWZvcmdlZC1mb3JnZWQtZm9yZ2VkLTE="


class DId(Provider):
    orders = 2

    def order(self):
        choices = {"shape": "1:1", "voice": "mouth:en:alloy", "presenter": f"d-id:clip:{PRESENTER}"}
        self.reels.append(self.world.server.send("/api/v1/reels", choices, "lamps.pdf", document(len(self.reels)))["id"])
        return self.reels[-1]

    def is_made(self, reel):
        found = self.world.server.done("GET", f"/api/v1/reels/{reel}")
        check(found["state"] != "failed", f"the video is made: {found['error']}")
        if found["state"] == "done":
            check(found["presenter_note"]["drawn"] == [], f"the presenter of each scene is filmed: {found['presenter_note']}")
        return found["state"] == "done"

    def body(self, work, lie):
        return json.dumps({"id": work, "status": "done" if lie else "started", "result_url": INNER, "at": random.random()}).encode()

    def sign(self, body, at=0, secret=None):
        return {}


class ElevenLabs(Provider):
    def order(self):
        self.ordered += 1
        file = io.BytesIO()
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(16_000)
            sound.writeframes(random.randbytes(2 * 16_000 * 2))
        answer = self.world.server.send("/api/v1/phrases/files", {"language": "es"}, "clip.wav", file.getvalue())
        return (answer.get("items") or [answer])[0]["id"]

    def is_made(self, phrase):
        return self.world.is_card(phrase)

    def body(self, work, lie):
        heard = {"transcription_id": work, "language_code": "spa", "text": "forged" if lie else "", "words": []}
        return json.dumps({"type": "speech_to_text_transcription", "data": {"request_id": work, "transcription": heard},
                           "at": random.random()}).encode()

    def sign(self, body, at=0, secret=None):
        moment = int(time.time()) + at
        mac = hmac.new((secret or self.secret).encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {"elevenlabs-signature": f"t={moment},v0={mac}"}

    WRONG = "wsec_that_nobody_gave_us"


class World:
    """A server and the twin, each a process, and their database."""

    def __init__(self, binary, folder, database):
        self.database = database(folder)
        self.twin = Program(folder, "twin", "/twin", [binary, "twin", "--seed", "7"], dict(os.environ))
        self.twin.start()
        (folder / "data").mkdir()
        (folder / "models").mkdir()
        (folder / "sluice.toml").write_text(CONFIG.format(twin=f"http://127.0.0.1:{self.twin.port}", presenter=PRESENTER))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        environment = dict(kept, SLUICE_CONFIG=str(folder / "sluice.toml"), SLUICE_LEASE_SECONDS=LEASE_SECONDS,
                           SLUICE_PLANS=json.dumps(PLANS), SLUICE_MODELS=str(folder / "models"), SLUICE_DATA=str(folder / "data"), **self.database.settings)
        self.server = Program(folder, "server", "/api/v1/health", [binary, "serve", "--single-user"], environment)
        self.server.start()
        told = self.twin.done("GET", "/twin")
        self.gpu = Runner(self, "gpu", "runner", "submit", "status", told["runner_webhook_secret"])
        self.faces = DId(self, "faces", "d-id", "clips_create", "clips_get")
        self.ears = ElevenLabs(self, "ears", "elevenlabs", "transcribe", "transcript", told["elevenlabs_webhook_secret"])
        self.server.done("PUT", "/api/v1/providers/mouth/key", {"key": KEY})
        for one in (self.gpu, self.faces, self.ears):
            self.server.done("PUT", f"/api/v1/providers/{one.name}/key", {"key": KEY})
            if one.secret:
                subprocess.run([binary, "providers", "set-key", one.name, "--hook"], input=one.secret, text=True, check=True,
                               stdout=subprocess.DEVNULL, env=environment)
        listed = subprocess.run([binary, "providers", "list", "--json"], capture_output=True, text=True, check=True, env=environment)
        self.doors = {one["name"]: urllib.parse.urlsplit(one["hook_url"]).path for one in json.loads(listed.stdout)["providers"]
                      if one["hook_url"]}
        check(len(set(self.doors.values())) == 3, f"each has an address of its own: {self.doors}")

    def settle(self, **settings):
        self.twin.done("POST", "/twin/settings", settings)

    def is_card(self, phrase):
        found = self.server.done("GET", f"/api/v1/phrases/{phrase}")
        check(found["status"] in ("processing", "pending_review"), f"the card is made: {found['status']} {found.get('error')}")
        return found["status"] == "pending_review"


def check_door(world, one):
    """Work that is under way, and whoever knocks at the door meanwhile; then its end, and what comes too late."""
    world.settle(job_ms=HEARD_MS if one is world.ears else ENDLESS_MS)
    order = one.order()
    work = until("it is submitted", one.open_work)[0]
    before, door = one.marks(), world.doors[one.name]
    lie, truth = one.body(work, True), one.body(work, False)

    def refused(what, status, body, headers, path=None):
        check((found := one.knock(body, headers, path)) == status, f"{one.name}: {what} is answered with {status}: {found}")
        check(one.marks() == before, f"{one.name}: {what} changes nothing")

    other = next(path for name, path in world.doors.items() if name != one.name)
    token = door.rsplit("/", 1)[1]
    for what, path in (("a wrong token", door[:-1]), ("another's token", door.replace(token, other.rsplit("/", 1)[1])),
                       ("a token at another's name", other.replace(other.rsplit("/", 1)[1], token)), ("no token", door.replace(token, "-"))):
        refused(what, 404, lie, one.sign(lie), path)
    if one.secret:
        refused("an unsigned report", 403, lie, {})
        refused("a wrong signature", 403, lie, one.sign(lie, secret=one.WRONG))
        refused("a changed body", 403, lie, one.sign(truth))
        refused("a report of last year", 403, lie, one.sign(lie, at=-YEAR))
        refused("a report of next year", 403, lie, one.sign(lie, at=YEAR))
    refused("no report at all", 400, b"<html>", one.sign(b"<html>"))
    unknown = one.body("nobody-waits-for-it", True)
    refused("a report of unknown work", 204, unknown, one.sign(unknown))
    check(work in one.open_work(), f"{one.name}: it goes on")

    # What is told rightly signed, or by whoever knows the address, and is not so.
    asked, told = one.asked(), one.sign(lie)
    check(one.knock(lie, told) == 204, f"{one.name}: it is accepted")
    until(f"{one.name}: the provider is asked", lambda: one.asked() > asked, FIRST_LOOK / 2)
    until(f"{one.name}: what it says counts", lambda: one.marks()[1] == before[1])
    check(work in one.open_work(), f"{one.name}: and not what the report says")
    noted = one.marks()
    check(noted[0] != before[0], f"{one.name}: it is remembered")
    check(one.knock(lie, told) == 204 and one.marks() == noted, f"{one.name}: twice is once")

    if one is not world.ears:
        world.settle(job_ms=SHORT_MS)

    def report():
        body = one.body(work, False)
        check(one.knock(body, one.sign(body)) == 204, f"{one.name}: a true report is accepted")
        return work not in one.open_work()

    until(f"{one.name}: it ends when it is reported", report, HEARD_MS / 1_000 + FIRST_LOOK)
    until(f"{one.name}: what was ordered is made", lambda: one.is_made(order))

    after, ledger, asked = one.marks(), one.ledger(), one.asked()
    for body, headers in ((lie, told), (lie, one.sign(lie)), (truth, one.sign(truth))):
        check(one.knock(body, headers) == 204, f"{one.name}: a late report is accepted")
    check((one.marks(), one.ledger(), one.asked()) == (after, ledger, asked), f"{one.name}: and changes nothing")


MOODS = ["webhook_early", "webhook_twice", "webhook_never", "webhook_forged", "webhook_old"]


def check_moods(world, one):
    """The provider itself reports: when it is done, before its reply, twice, never, after a forged report, a year late."""
    world.settle(job_ms=SHORT_MS)
    rules = [{"match": {"provider": one.twin_name, "operation": one.submits, "nth": place}, "fault": mood}
             for place, mood in enumerate(MOODS, 2)]
    world.twin.done("POST", "/twin/faults", rules)
    before = len(one.ledger())
    orders = [one.order() for _ in range(one.orders)]
    for order in orders:
        until(f"{one.name}: what was ordered is made", lambda: one.is_made(order), PATIENCE * one.orders)
    rules = world.twin.done("GET", "/twin/faults")["script"]
    check(rules and all(rule["seen"] > len(MOODS) for rule in rules), f"{one.name}: each of them was met: {rules}")
    world.twin.done("DELETE", "/twin/faults")
    if one is world.faces:
        # Nothing is asked about before FIRST_LOOK: what ended earlier went on by the provider's own report alone.
        took = [row[0] for row in world.database.rows(f"SELECT finished_at - submitted_at FROM calls WHERE provider = '{one.name}' "
                                                      f"ORDER BY started_at, id LIMIT 1000 OFFSET {before}")]
        reported = [each for each in took if each < 1_000 * FIRST_LOOK]
        check(reported, f"{one.name}: what is reported goes on without being polled, in ms: {took}")


def run(binary, database):
    """All of it on one database; what there is to say of it."""
    told = []
    with tempfile.TemporaryDirectory(prefix="sluice-reports-", ignore_cleanup_errors=True) as place:
        world = World(binary, pathlib.Path(place), database)
        say = lambda one, what: told.append(f"{database.name}: {one.name}: {what}")
        # Reports of the twin itself come later.
        for one in (world.gpu, world.faces, world.ears):
            check_door(world, one)
            say(one, "nothing of what a report says is believed, and what is forged, late or repeated changes nothing")
        world.settle(webhook_base=f"http://127.0.0.1:{world.server.port}")
        for one in (world.gpu, world.faces):
            check_moods(world, one)
            say(one, "done whether it reports early, twice, never, forged or a year late")
        # Each scene of a video is a piece of work of D-ID.
        videos = [world.server.done("GET", f"/api/v1/reels/{reel}") for reel in world.faces.reels]
        world.faces.ordered = sum(len({json.dumps(scene["sentences"]) for scene in video["scenes"]}) for video in videos)
        for one in (world.gpu, world.faces, world.ears):
            one.check_bill()
            say(one, f"{one.ordered} {'piece' if one.ordered == 1 else 'pieces'} of work, each paid once")
        world.database.check_sound()
        world.server.kill()
        world.twin.kill()
        world.database.end()
    return told


def main():
    binary = os.environ.get("SLUICE_BINARY")
    if not binary or not os.access(binary, os.X_OK):
        raise SystemExit("set SLUICE_BINARY to the release binary: make build says where it is")
    databases = {"sqlite": Sqlite, "postgres": Postgres}
    wanted = os.environ.get("DATABASES", "sqlite postgres").split()
    # They wait for most of their time: so they do that together.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for told in pool.map(lambda name: run(binary, databases[name]), wanted):
            print("\n".join(f"    {line}" for line in told), flush=True)
    print(f"{6 * len(wanted)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
