"""The processes of a scenario, and what must be true after it."""

import collections
import contextlib
import json
import os
import pathlib
import re
import selectors
import signal
import subprocess

from promise import Failed, expect

LEASE_SECONDS = 1.0
# Time limit for all jobs to end after the last fault.
END_SECONDS = 60


class Log:
    """What processes write while a scenario runs."""

    def __init__(self, path):
        self.path = path

    def count(self, text):
        return self.path.read_text(errors="replace").count(text) if self.path.exists() else 0

    def codes(self):
        """The codes of the errors that were logged, and how often."""
        found = re.findall(r"\bcode=\"?([a-z_]+)", self.path.read_text(errors="replace"))
        return dict(collections.Counter(found).most_common())

    def tail(self):
        return self.path.read_text(errors="replace")[-3000:] if self.path.exists() else ""


class Node:
    """A worker process. It can be restarted after it was killed."""

    def __init__(self, world, slots):
        self.world, self.slots, self.process = world, slots, None

    def start(self):
        self.process = self.world.spawn("--slots", self.slots)
        return self

    def wait_ready(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            ready = selector.select(30) and self.process.stdout.readline().strip()
        expect(ready == "ready", "a worker starts within 30 seconds")
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """SIGTERM: it shuts down gracefully, and soon."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            raise Failed("a worker ends within 20 seconds of SIGTERM") from None
        self.process.stdout.close()
        expect(code == 0, f"a worker ends in order (it gave {code})")

    def expect_alive(self):
        expect(self.process.poll() is None, f"a worker continues without a restart (it ended with {self.process.poll()})")


class World:
    """One scenario on one database: its processes, its effects file, its log."""

    def __init__(self, binary, folder, database, lease=LEASE_SECONDS):
        self.binary, self.folder, self.database, self.lease = binary, folder, database, lease
        folder.mkdir()
        self.effects, self.log = folder / "effects", Log(folder / "log")
        self.address, self.processes, self.nodes, self.orders = database.address, [], [], []

    def spawn(self, *arguments):
        return self.run(self.binary, "--effects", self.effects, "--lease-seconds", self.lease, *arguments)

    def run(self, program, *arguments):
        with open(self.log.path, "ab") as log:
            process = subprocess.Popen([program, "--database", self.address, *map(str, arguments)],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        self.processes = [known for known in self.processes if known.poll() is None] + [process]
        return process

    def start_nodes(self, count, slots=8):
        self.nodes = [Node(self, slots).start() for _ in range(count)]
        for node in self.nodes:
            node.wait_ready()

    def make_schema(self):
        """Creates the database by opening it once."""
        expect(self.spawn("--enqueue", 0).wait(60) == 0, "a new database can be opened")

    def enqueue(self, count, owner="chaos", **options):
        """Enqueues jobs in the background; `settle` waits for it."""
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        words = [word for word in words if word != "True"]
        process = self.spawn("--enqueue", count, "--owner", owner, *words)
        self.orders.append((process, owner, count, words))
        return process

    def settle(self, seconds=END_SECONDS):
        """Waits until all enqueued jobs have ended, stops the workers, and checks the history."""
        for process, owner, _, _ in self.orders:
            try:
                code = process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                raise Failed(f"the jobs of {owner} can be enqueued") from None
            expect(code == 0, f"the jobs of {owner} can be enqueued (it gave {code})")
        histories = {}
        for _, owner, count, words in self.orders:
            words = [word for at, word in enumerate(words)
                     if word != "--per-second" and (at == 0 or words[at - 1] != "--per-second")]
            process = self.spawn("--check", count, "--owner", owner, "--wait-seconds", seconds, *words)
            out = process.communicate(timeout=seconds + 120)[0]
            expect(process.returncode == 0, "the history can be read")
            histories[owner] = json.loads(out)
        for node in self.nodes:
            node.expect_alive()
            node.stop()
        self.expect_nothing_left()
        for history in histories.values():
            check_history(history)
        return histories

    def expect_nothing_left(self):
        """Checks that no process has this scenario's database in its command line."""
        left = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    if os.fsencode(str(self.effects)) in words:
                        left.append(entry.name)
        expect(not left, f"no process is left ({left})")

    def end(self):
        """Kills all processes, however the scenario ends."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def check_history(history):
    """The event log of all jobs of an owner."""
    expect(history["lost"] == 0, f"nothing is lost ({history['lost']} jobs are)")
    expect(history["unfinished"] == 0, f"every job ends ({history['unfinished']} did not: {history['states']})")
    expect(history["finished_twice"] == 0, f"nothing is finished twice ({history['finished_twice']} jobs were)")
    expect(set(history["states"]) == {"succeeded"}, f"every job succeeds ({history['states']})")
    expect(history["gaps_in_the_log"] == 0, f"the event log has no gaps ({history['gaps_in_the_log']})")


def check_rows(database):
    """Checks that the rows match the log."""
    left = database.rows("SELECT state, count(*) FROM jobs WHERE state <> 'succeeded' GROUP BY state")
    expect(not left, f"no row is left in another state ({left})")
    held = database.rows("SELECT outcome, count(*) FROM calls WHERE finished_at IS NULL GROUP BY outcome")
    expect(not held, f"no call is left open ({held})")


def check_calls(world):
    """Compares what was paid with the ledger. Gives the calls that were paid, those whose end is unknown, and the
    jobs that were paid more than once, which is right only when all but one of the calls are lost."""
    ledger = {(job, lease): outcome for job, lease, outcome in
              world.database.rows("SELECT job, lease, outcome FROM calls")}
    lines = world.effects.read_text().splitlines() if world.effects.exists() else []
    effects = [line.split() for line in lines]
    expect(all(len(effect) == 4 for effect in effects), "each effect is a whole line")
    paid = collections.Counter((job, lease) for job, _, _, lease in effects)
    expect(all(count == 1 for count in paid.values()), "one attempt pays once")
    unnoted = [key for key in paid if key not in ledger]
    expect(not unnoted, f"a call is noted before it is asked ({len(unnoted)} were not)")
    odd = {outcome for key, outcome in ledger.items() if key in paid} - {"succeeded", "lost"}
    expect(not odd, f"a call that was paid succeeded or is lost ({odd})")
    succeeded = collections.Counter(job for (job, _), outcome in ledger.items() if outcome == "succeeded")
    twice = [job for job, count in succeeded.items() if count > 1]
    expect(not twice, f"nothing that is known to be paid is paid again ({len(twice)} jobs)")
    unpaid = [key for key, outcome in ledger.items() if outcome == "succeeded" and key not in paid]
    expect(not unpaid, f"a call that succeeded was paid ({len(unpaid)} were not)")
    orders = int(world.database.rows("SELECT count(*) FROM jobs WHERE kind = 'chaos.order'")[0][0])
    expect(len(succeeded) == orders, f"each order was paid ({len(succeeded)} of {orders})")
    per_job = collections.Counter(job for job, _ in paid)
    unknown = sum(outcome == "lost" for outcome in ledger.values())
    return len(effects), unknown, sum(count > 1 for count in per_job.values())
