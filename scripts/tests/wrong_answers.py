#!/usr/bin/env python3
"""A model that writes a script of Reel, and gets everything wrong that the twin can: what becomes of the video, within which
time and memory, and what was paid. SLUICE_BINARY is the release binary.
"""

import os
import pathlib
import sys
import tempfile
import time

from paid_once import KEY, LEASE_SECONDS, Program, Sqlite, check, document, entries

PATIENCE = 300
# What reading 10 GB may add to the server's memory, in megabytes.
MEMORY = 200

CONFIG = """
[outbound]
allow = ["127.0.0.1"]
[providers.work]
kind = "openai"
url = "{twin}/openai/v1"
models = {{ complete = "gpt-5-mini" }}
[[route.complete]]
provider = "work"
"""

SLOWLY = {"kind": "slow_drip", "ms": 5, "bytes": 40}
# What the model does, each time that it is asked, and how often it may be paid.
WRITTEN = [(SLOWLY, (1, 2))]
# The extract takes the place of a script that is refused, after one repair at most.
EXTRACT = [("invents", (2, 2)), ("ignores_schema", (2, 2)), ("cut_by_length", (1, 2)), ("refusal", (1, 2)),
           ({"kind": "html", "status": 200}, (0, 1))]
# Nobody knows what was said and paid: it is not asked again by itself.
LOST = [("huge_body", (1, 1)), ("stream_error", (1, 1)), ("truncated_body", (1, 1)), ("empty_body", (1, 1)), ("malformed_json", (1, 1)),
        ("reset_after", (1, 1))]


def megabytes(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


class World:
    def __init__(self, binary, folder):
        self.twin = Program(folder, "twin", "/twin", [binary, "twin", "--seed", "7"], dict(os.environ))
        self.twin.start()
        (folder / "data").mkdir()
        (folder / "models").mkdir()
        (folder / "sluice.toml").write_text(CONFIG.format(twin=f"http://127.0.0.1:{self.twin.port}"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        environment = dict(kept, SLUICE_CONFIG=str(folder / "sluice.toml"), SLUICE_LEASE_SECONDS=LEASE_SECONDS,
                           SLUICE_REELS_PER_TEN_MINUTES="1000", SLUICE_MODELS=str(folder / "models"), SLUICE_DATA=str(folder / "data"))
        self.server = Program(folder, "server", "/api/v1/health", [binary, "serve", "--single-user"], environment)
        self.server.start()
        self.database = Sqlite(folder)
        self.server.done("PUT", "/api/v1/providers/work/key", {"key": KEY})
        self.ordered = 0

    def paid(self):
        return len(entries(self.twin, "openai", "chat"))

    def asked(self):
        return self.twin.done("GET", "/twin/requests").get("openai", {}).get("chat", 0)

    def write(self, fault, is_decided):
        """Orders a video, whose script is written with this fault; returns it when that is decided, and what was paid."""
        rule = {"match": {"provider": "openai", "operation": "chat", "count": 0}, "fault": fault}
        self.twin.done("POST", "/twin/faults", [rule])
        paid, asked, began = self.paid(), self.asked(), time.monotonic()
        self.ordered += 1
        choices = {"script": "written", "shape": "1:1"}
        reel = self.server.send("/api/v1/reels", choices, "lamps.pdf", document(self.ordered))["id"]
        while not is_decided(found := self.server.done("GET", f"/api/v1/reels/{reel}")):
            check(time.monotonic() < began + PATIENCE, f"{fault}: it is decided within {PATIENCE} s: {found}")
            time.sleep(0.05)
        # Nothing is to be filmed here.
        self.server.ask("POST", f"/api/v1/jobs/{found['job_id']}/cancel")
        paid, asked = self.paid() - paid, self.asked() - asked
        check(asked >= paid, f"{fault}: {paid} paid of {asked}")
        return found, paid, asked

    def lost(self, found):
        """Its job waits for a person: nothing is asked any more by itself."""
        unknown = "SELECT 1 FROM calls c WHERE c.job = j.id AND c.outcome = 'unknown'"
        return self.database.rows(f"SELECT count(*) FROM jobs j WHERE id = '{found['job_id']}' AND state = 'waiting' AND EXISTS ({unknown})")[0][0]


def main():
    binary = os.environ.get("SLUICE_BINARY")
    if not binary or not os.access(binary, os.X_OK):
        raise SystemExit("set SLUICE_BINARY to the release binary: make build says where it is")
    with tempfile.TemporaryDirectory(prefix="sluice-wrong-", ignore_cleanup_errors=True) as place:
        world = World(binary, pathlib.Path(place))
        before = megabytes(world.server.process)

        def is_scripted(reel):
            return reel["script_note"] is not None or reel["state"] != "working"

        for fault, (least, most) in WRITTEN:
            found, paid, asked = world.write(fault, is_scripted)
            note = found["script_note"]
            check(note and note["instead"] is None and note["made_by"]["provider"] == "work", f"{fault}: it is written: {found}")
            check(least <= paid <= most and asked == paid, f"{fault}: it is paid once for each answer: {paid} of {asked}")
            print(f"    {fault['kind']}: written, {paid} paid", flush=True)
        for fault, (least, most) in EXTRACT:
            found, paid, asked = world.write(fault, is_scripted)
            note = found["script_note"]
            check(note and note["instead"] and note["instead"]["detail"], f"{fault}: the extract takes its place, and says why: {found}")
            check(least <= paid <= most and asked <= 2, f"{fault}: one repair at most: {paid} of {asked}")
            print(f"    {fault}: {note['instead']['code']}, {paid} paid: {note['instead']['detail']}", flush=True)
        for fault, (least, most) in LOST:
            found, paid, asked = world.write(fault, world.lost)
            check(least <= paid <= most and asked == 1, f"{fault}: it is not asked again: {paid} of {asked}")
            print(f"    {fault}: the answer is lost, {paid} paid, and it waits for a person", flush=True)
        memory = megabytes(world.server.process) - before
        check(memory < MEMORY, f"memory stays bounded: {memory} MB more")
        print(f"    {memory} MB more memory at most")
    print(f"{len(WRITTEN) + len(EXTRACT) + len(LOST)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
