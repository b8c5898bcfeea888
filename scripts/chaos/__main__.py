"""Chaos tests: injects faults into real worker processes on real databases, and checks the history after each.

    open         many processes open a new database at the same moment
    kill         SIGKILL of a worker at random moments, repeatedly; paid calls, synchronous or asynchronous, can be looked
                 up at the provider: none is paid twice
    freeze       SIGSTOP of a worker past its lease: others take over, and its later writes are rejected
    postgres     SIGKILL of PostgreSQL with all of its processes; workers recover by themselves, as fast as before
    speed        the same with jobs that do nothing, compared with an equal period without a kill (not in the short form)
    connections  connections cut by the server; a proxy that stalls for longer than the lease, then resumes, breaks, or stays stalled
    disk         SQLite on a full disk that is freed again (mounting a small file system needs root)
    clock        the database's clock jumps forward by an hour and back, while jobs run
    budget       concurrent calls with a budget for half of them: exactly those are made, and no other is rejected

After each: no job is lost, stuck or finished twice; each paid call (a line in a file outside the database) has its row
in the ledger; a call was paid again only if the ledger has the first one with an unknown outcome; no process is left.
Workers are `crates/engine/examples/node/main.rs`; NODE_BINARY is the path of a built one, with `race` beside it.

    python3 scripts/chaos [--short] [--seed N] [--only NAME,…] [--database sqlite,postgres]
"""

import argparse
import atexit
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from databases import Server, Sqlite
from promise import Failed, expect
from scenarios import Chaos
from world import World, check_calls, check_rows

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOTH = ["sqlite", "postgres"]
SCENARIOS = {"open": BOTH, "kill": BOTH, "freeze": BOTH, "postgres": ["postgres"], "speed": ["postgres"],
             "connections": ["postgres"], "disk": ["sqlite"], "clock": BOTH, "budget": BOTH}


@contextlib.contextmanager
def small_disk(folder, size):
    """A small file system in memory; none where mounting is not permitted."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def play(chaos, name, world):
    """Runs a scenario and checks it; returns a row of the table."""
    begun = time.monotonic()
    try:
        if name == "budget":
            return chaos.budget(world)
        if name != "open":
            world.make_schema()
        done = getattr(chaos, name)(world)
        histories = done.histories or world.settle()
        check_rows(world.database)
        paid, unknown, again = check_calls(world)
        if done.pays_once:
            expect(unknown == again == 0, f"nothing is paid twice or left unknown ({again} jobs, {unknown} calls)")
        world.database.check_sound()
        done.judge()
    except Failed:
        print(world.log.tail(), f"\n    errors that were logged: {world.log.codes()}", file=sys.stderr)
        raise
    finally:
        world.end()
    jobs = sum(history["jobs"] for history in histories.values())
    begins = sum(history["begun"] for history in histories.values())
    late = world.log.count("refused a late write")
    return [name, world.database.name, done.what, f"{jobs:,}", f"{begins:,}", f"{paid:,}", f"{unknown:,}", f"{again:,}",
            f"{late:,}", f"{time.monotonic() - begun:.0f}"]


HEAD = ["scenario", "database", "what happened", "jobs", "stages begun", "calls paid", "end unknown", "paid again",
        "late writes refused", "seconds"]


def table(rows):
    widths = [max(len(row[at]) for row in [HEAD, *rows]) for at in range(len(HEAD))]
    for row in [HEAD, *sorted(rows)]:
        print("    " + "  ".join(cell.ljust(width) if at < 3 else cell.rjust(width)
                                 for at, (cell, width) in enumerate(zip(row, widths))).rstrip())


def node_binary():
    """The worker binary: the given one, or a new build."""
    if known := os.environ.get("NODE_BINARY"):
        return known
    # The whole workspace, as in build.sh.
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--workspace", "--example", "node",
                    "--example", "race"], cwd=ROOT, check=True)
    described = subprocess.run(["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"], cwd=ROOT,
                               check=True, capture_output=True)
    return pathlib.Path(json.loads(described.stdout)["target_directory"]) / "release" / "examples" / "node"


class Everything:
    """Runs the selected scenarios. In the short form those on SQLite run in parallel to those on PostgreSQL."""

    def __init__(self, wanted):
        self.wanted, self.rows, self.failures, self.worlds, self.server = wanted, [], [], [], None
        self.binary = node_binary()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-chaos-"))
        # PostgreSQL needs access to its folder in it.
        self.folder.chmod(0o755)
        atexit.register(self.end)

    def play_all(self):
        kinds = [kind for kind in ("sqlite", "postgres")
                 if kind in self.wanted.database and any(kind in SCENARIOS[name] for name in self.wanted.only)]
        if "postgres" in kinds:
            self.server = Server(self.folder / "server")
            self.server.wait_ready()
        threads = [threading.Thread(target=self.play_on, args=(kind,), daemon=True) for kind in kinds]
        for thread in threads:
            thread.start()
            if not self.wanted.short:
                thread.join()
        for thread in threads:
            thread.join()

    def play_on(self, kind):
        for name in self.wanted.only:
            if kind in SCENARIOS[name] and not (self.wanted.short and name == "speed"):
                try:
                    self.play(name, kind)
                except Failed as failure:
                    self.fail(name, kind, failure)
                except Exception as error:
                    self.fail(name, kind, f"the scenario itself broke: {error!r}")

    def fail(self, name, kind, failure):
        self.failures.append(f"{name} on {kind}: {failure}")
        print(f"    {name} on {kind}: NOT KEPT: {failure}", flush=True)

    def play(self, name, kind):
        with contextlib.ExitStack() as stack:
            if name == "disk":
                place = stack.enter_context(small_disk(self.folder / "small", "24m"))
                if place is None:
                    print("    not shown here: a full disk (mounting a small one needs root)", flush=True)
                    return
                database = Sqlite(place)
            elif kind == "sqlite":
                place = self.folder / f"{name}.db"
                place.mkdir()
                database = Sqlite(place)
            else:
                database = self.server.database()
            world = World(self.binary, self.folder / f"{name}-{kind}", database)
            self.worlds.append(world)
            # One generator each, so that a single scenario is reproducible.
            chaos = Chaos(self.wanted.short, random.Random(f"{self.wanted.seed} {name} {kind}"))
            row = play(chaos, name, world)
            self.rows.append(row)
            print(f"    {name} on {kind}: {row[2]}: kept ({row[-1]} s; logged: {world.log.codes() or 'no errors'})", flush=True)

    def end(self):
        """Kills all processes, however it ends."""
        for world in self.worlds:
            world.end()
        if self.server:
            self.server.kill()
        if not self.wanted.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--short", action="store_true", help="about a minute")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(SCENARIOS), help="names of scenarios")
    parser.add_argument("--database", type=lambda text: text.split(","), default=["sqlite", "postgres"])
    parser.add_argument("--keep", action="store_true", help="keep the folder with databases and logs")
    wanted = parser.parse_args()
    if unknown := set(wanted.only) - set(SCENARIOS):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    print(f"    chaos, {'short' if wanted.short else 'whole'} form, seed {wanted.seed} (--seed repeats it)", flush=True)
    # A termination signal kills the processes, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    run = Everything(wanted)
    if wanted.keep:
        print(f"    databases and logs stay in {run.folder}", flush=True)
    try:
        run.play_all()
    finally:
        run.end()
    rows, failures = run.rows, run.failures
    table(rows)
    for failure in failures:
        print(f"    not kept: {failure}")
    print(f"{len(rows)} passed, {len(failures)} failed (seed {wanted.seed})")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
