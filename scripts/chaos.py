#!/usr/bin/env python3
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

    scripts/chaos.py [--short] [--seed N] [--only NAME,…] [--database sqlite,postgres]
"""

import argparse
import atexit
import collections
import contextlib
import dataclasses
import glob
import json
import math
import os
import pathlib
import random
import re
import selectors
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parents[1]
LEASE_SECONDS = 1.0
# Time limit for all jobs to end after the last fault.
END_SECONDS = 60
# After the database is back: longest time until jobs end again, and until the rate has recovered: leases of interrupted
# attempts have expired, and all pooled connections have been replaced.
BACK_SECONDS = 20
STEADY_SECONDS = 4
HOUR_MS = 3_600_000


class Failed(Exception):
    """A violated guarantee."""


def expect(kept, promise):
    if not kept:
        raise Failed(promise)


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


class Sqlite:
    """An SQLite database."""

    name = "sqlite"

    def __init__(self, folder):
        self.file = folder / "sluice.db"
        self.address = str(self.file)

    def rows(self, statement):
        database = sqlite3.connect(self.file, timeout=30)
        # The CHECK constraints use it, and Python's SQLite may be too old to have it.
        database.create_function("octet_length", 1, lambda text: len(text.encode()), deterministic=True)
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()

    def move_clock(self, milliseconds):
        database = sqlite3.connect(self.file, timeout=30)
        with database:
            database.execute("UPDATE clock SET offset_ms = ?", (milliseconds,))
        database.close()

    def check_sound(self):
        expect(self.rows("PRAGMA integrity_check") == [("ok",)], "the file is sound")


class Server:
    """A private PostgreSQL server, with fsync. It can be killed and restarted on its data."""

    def __init__(self, folder):
        self.folder, self.process, self.made = folder, None, 0
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        found = programs[-1] if programs else shutil.which("initdb")
        if not found:
            raise SystemExit("PostgreSQL's server programs are missing; install them (Debian: apt-get install postgresql)")
        self.programs = pathlib.Path(found).parent
        # PostgreSQL does not run as root.
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        folder.mkdir()
        if self.user:
            shutil.chown(folder, "postgres")
        subprocess.run([*self.user, self.programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.start()

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.user, self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder,
                 "-c", "listen_addresses=", "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_connections=200"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")

    def wait_ready(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.psql("postgres", "SELECT 1").returncode == 0:
                return
            time.sleep(0.02)
        raise SystemExit("PostgreSQL did not start:\n" + (self.folder / "server.log").read_text()[-2000:])

    def children(self):
        found = []
        for stat in glob.glob("/proc/[0-9]*/stat"):
            with contextlib.suppress(OSError):
                text = pathlib.Path(stat).read_text()
                if int(text.rsplit(")", 1)[1].split()[1]) == self.process.pid:
                    found.append(int(text.split()[0]))
        return found

    def kill(self):
        """Kills all processes at once, as a power failure would."""
        if self.process is None or self.process.poll() is not None:
            return
        # Stopped first, so that it cannot start new ones.
        self.process.send_signal(signal.SIGSTOP)
        children = self.children()
        self.process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.wait()
        while any(os.path.exists(f"/proc/{child}") for child in children):
            time.sleep(0.005)

    def psql(self, database, statement):
        return subprocess.run(["psql", "-h", self.folder, "-U", "postgres", "-d", database, "-AtqX", "-F", "\t",
                               "-c", statement], capture_output=True, text=True, cwd="/")

    def database(self):
        self.made += 1
        done = self.psql("postgres", f"CREATE DATABASE chaos_{self.made}")
        if done.returncode:
            raise SystemExit(done.stderr)
        return Postgres(self, f"chaos_{self.made}")


class Postgres:
    """Creates a database on the server."""

    name = "postgres"

    def __init__(self, server, name):
        self.server, self.database = server, name
        self.socket = server.folder / ".s.PGSQL.5432"
        self.address = f"postgres://postgres@localhost/{name}?host={server.folder}"

    def rows(self, statement):
        done = self.server.psql(self.database, statement)
        if done.returncode:
            raise Failed(f"the database answers: {done.stderr}")
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    def move_clock(self, milliseconds):
        self.rows(f"UPDATE clock SET offset_ms = {milliseconds}")

    def cut(self):
        """Terminates the connections of all workers; returns how many there were."""
        return len(self.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                             f"WHERE datname = '{self.database}' AND pid <> pg_backend_pid()"))

    def check_sound(self):
        pass


class Proxy:
    """A proxy between workers and PostgreSQL. While it stalls, it keeps connections open and forwards nothing."""

    def __init__(self, target):
        self.target, self.silent, self.pairs, self.closed = target, threading.Event(), [], False
        self.forgotten = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.closed:
            try:
                ours, _ = self.listener.accept()
            except OSError:
                return
            try:
                theirs = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                theirs.connect(str(self.target))
            except OSError:
                ours.close()
                continue
            pair = (ours, theirs)
            self.pairs.append(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self.forward, args=(source, sink, pair), daemon=True).start()

    def forward(self, source, sink, pair):
        try:
            while data := source.recv(65536):
                while self.silent.is_set() or pair in self.forgotten:
                    time.sleep(0.01)
                    if self.closed:
                        return
                sink.sendall(data)
        except OSError:
            pass
        # A dead connection is not even closed.
        if pair not in self.forgotten:
            self.shut(pair)

    @staticmethod
    def shut(pair):
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self):
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            self.shut(pair)

    def forget(self):
        """All connections of now stay open and silent for ever; new ones work. The server's ends are closed, as a
        server does that notices first."""
        self.forgotten.update(self.pairs)
        for _, theirs in self.pairs:
            with contextlib.suppress(OSError):
                theirs.shutdown(socket.SHUT_RDWR)
        self.pairs = []

    def close(self):
        self.closed = True
        self.listener.close()
        self.cut()
        for pair in self.forgotten:
            self.shut(pair)


@dataclasses.dataclass
class Done:
    """The result of a scenario, further checks at the end, and the histories if it has settled already."""

    what: str
    judge: typing.Callable = lambda: None
    histories: dict = None
    # The provider can be asked about paid calls.
    pays_once: bool = False


class Chaos:
    """The scenarios: each enqueues jobs, starts workers, and injects faults."""

    def __init__(self, short, rng):
        self.short, self.rng = short, rng

    def open(self, world):
        count = 6
        orders = [world.enqueue(10, owner=f"owner-{at}") for at in range(count)]
        world.start_nodes(count)
        return Done(f"{len(orders) + count} at once")

    def kill(self, world):
        kills = 40 if self.short else 1000
        # About what three workers do beside being killed, for a little longer than the kills last. What they pay can be
        # asked about, so that a crash never makes them pay twice.
        world.enqueue(int(kills * 0.12 * 100), per_second=100, bought=True)
        world.start_nodes(3)
        for _ in range(kills):
            time.sleep(self.rng.uniform(0.05, 0.15))
            node = self.rng.choice(world.nodes)
            node.kill()
            node.start()
        return Done(f"{kills} kills", pays_once=True)

    def freeze(self, world):
        rounds = 2 if self.short else 30
        world.enqueue(int(rounds * (1.2 + 2 * world.lease) * 150), per_second=150, long_every=20, long_ms=700)
        world.start_nodes(2, slots=16)
        time.sleep(1)
        for at in range(rounds):
            node = world.nodes[at % 2]
            node.process.send_signal(signal.SIGSTOP)
            time.sleep(world.lease * 2 + self.rng.uniform(0.2, 0.7))
            node.process.send_signal(signal.SIGCONT)
            time.sleep(self.rng.uniform(0.3, 0.8))

        def judge():
            expect(world.log.count("refused a late write") > 0, "a late write was tried, and refused")
        # One of two workers is frozen most of the time, perhaps with rows locked that the other one needs: whatever
        # could not be done meanwhile is left to the end.
        return Done(f"{rounds} freezes", judge, world.settle(END_SECONDS if self.short else 10 * END_SECONDS))

    def postgres(self, world):
        # Jobs that sleep, so that the slots decide how many end in a second and not what else the machine does: a slot,
        # a connection or a moment that is lost shows.
        rounds, window, least = (3, 2.0, 0.9) if self.short else (5, 6.0, 0.98)
        filler = world.enqueue(12_000 if self.short else 30_000, owner="quick", quick=True, quick_ms=100)
        expect(filler.wait(timeout=120) == 0, "the jobs can be enqueued")
        world.start_nodes(2, slots=16)
        orders = world.enqueue(450 if self.short else 2_200, per_second=20)
        time.sleep(window + 1)
        spans = [self.kill_server(world, window) for _ in range(rounds)]
        expect(orders.poll() in (None, 0), "the process that enqueues continues")
        ratios = self.ratios(world, spans, window)
        print(f"    jobs in a second before: {self.rate(world, spans[0][0] - window, window):,.0f}; after each kill, "
              f"compared with before it: {shown(ratios)}", flush=True)
        ratio = statistics.median(ratios)

        def judge():
            expect(ratio >= least, f"the rate is at least {least:.0%} of the rate before ({ratio:.0%})")
        return Done(f"{rounds} server kills", judge, world.settle(END_SECONDS if self.short else 10 * END_SECONDS))

    def speed(self, world):
        # Jobs that do nothing: the rate is all that the engine can. It also changes by itself, with the tables that grow,
        # with what the server does in its own time and with what else the machine does, so that each kill stands beside
        # the same time without one.
        rounds, window = 5, 6.0
        filler = world.enqueue(900_000, owner="quick", quick=True, quick_ms=0)
        expect(filler.wait(timeout=300) == 0, "the jobs can be enqueued")
        world.start_nodes(2, slots=64)
        orders = world.enqueue(3_500, per_second=20)
        time.sleep(window + 1)
        kills, calms = [], []
        for _ in range(rounds):
            calm = time.time()
            time.sleep(1 + STEADY_SECONDS + window)
            calms.append((calm, calm + 1 + STEADY_SECONDS))
            kills.append(self.kill_server(world, window))
        expect(orders.poll() in (None, 0), "the process that enqueues continues")
        after, alone = self.ratios(world, kills, window), self.ratios(world, calms, window)
        print(f"    jobs in a second before: {self.rate(world, calms[0][0] - window, window):,.0f}; after each kill, "
              f"compared with before it: {shown(after)}; in the same time without one: {shown(alone)}", flush=True)
        # Welch's t-test, one-sided, at a significance level of 5 %.
        after, alone = [math.log(ratio) for ratio in after], [math.log(ratio) for ratio in alone]
        error = math.sqrt((statistics.variance(after) + statistics.variance(alone)) / rounds)
        ratio, at_most = (math.exp(statistics.mean(after) - statistics.mean(alone) + bound * error) for bound in (0, 1.86))
        print(f"    so the rate after a kill is {ratio:.0%} of that without one, and {at_most:.0%} at most", flush=True)

        def judge():
            expect(at_most >= 0.98, f"the rate is at least 98% of that without a kill ({at_most:.0%} at most)")
        return Done(f"{rounds} server kills at full speed", judge, world.settle(15 * END_SECONDS))

    def kill_server(self, world, window):
        """Kills the server and starts it again, and waits for a window of steady work after it. Gives when it was killed
        and when that window began, in seconds since 1970."""
        server, killed = world.database.server, time.time()
        server.kill()
        time.sleep(self.rng.uniform(0.1, 1.0))
        server.start()
        server.wait_ready()
        up = time.time()
        back = self.wait_for_finished_after(world, up, "the server's return")
        print(f"    first job {back - up:.2f} s after the server was back", flush=True)
        time.sleep(STEADY_SECONDS + window)
        for node in world.nodes:
            node.expect_alive()
        return killed, back + STEADY_SECONDS

    def ratios(self, world, spans, window):
        return [self.rate(world, after, window) / self.rate(world, moment - window, window) for moment, after in spans]

    @staticmethod
    def wait_for_finished_after(world, moment, what):
        """The time when the first job ended after `moment`, both in seconds since 1970."""
        until = time.monotonic() + BACK_SECONDS
        statement = f"SELECT min(finished_at) FROM jobs WHERE finished_at > {int(moment * 1000)}"
        while time.monotonic() < until:
            first = world.database.rows(statement)[0][0]
            if first:
                return int(first) / 1000
            time.sleep(0.05)
        raise Failed(f"jobs end again within {BACK_SECONDS} seconds after {what}")

    @staticmethod
    def rate(world, begin, seconds):
        """Jobs that ended in a second: the median of half seconds, so that one checkpoint does not decide."""
        counts = dict.fromkeys(range(int(seconds * 2)), 0)
        statement = ("SELECT (finished_at - {0}) / 500, count(*) FROM jobs WHERE kind = 'chaos.quick' "
                     "AND finished_at >= {0} AND finished_at < {1} GROUP BY 1")
        for half, count in world.database.rows(statement.format(int(begin * 1000), int((begin + seconds) * 1000))):
            counts[int(half)] = int(count)
        rate = statistics.median(counts.values()) * 2
        expect(rate > 0, "there is work in the time that is measured")
        return rate

    def connections(self, world):
        cuts, ends = (8, ["break"]) if self.short else (150, ["resume", "break", "forget"] * 3)
        proxy = Proxy(world.database.socket)
        try:
            world.start_nodes(2)
            world.enqueue(int((cuts * 0.3 + len(ends) * 10) * 80), per_second=80, long_every=50)
            cut = 0
            for _ in range(cuts):
                time.sleep(self.rng.uniform(0.1, 0.4))
                cut += world.database.cut()
            expect(cut > 0, "there are connections to cut")
            # From here on, one of the two is behind the proxy.
            world.nodes.pop().stop()
            direct, world.address = world.address, (
                f"postgres://postgres@127.0.0.1:{proxy.port}/{world.database.database}?sslmode=disable")
            world.nodes.append(Node(world, 8).start().wait_ready())
            world.address = direct
            for end in ends:
                self.silence(world, proxy, end)
            # On its own now: it has to recover by itself.
            world.nodes.pop(0).stop()
            world.enqueue(200, owner="late")
            histories = world.settle()
            return Done(f"{cut} connections cut, {len(ends)} silences", histories=histories)
        finally:
            proxy.close()

    def silence(self, world, proxy, then):
        """The worker behind the proxy gets no answers for longer than its lease; the other one continues meanwhile."""
        time.sleep(self.rng.uniform(0.5, 1.0))
        proxy.silent.set()
        begun = time.time()
        # The leases of the stalled one must have expired after this.
        time.sleep(world.lease * 2)
        other = self.wait_for_finished_after(world, begun + world.lease * 2, f"one worker is silent ({then})")
        if then == "break":
            proxy.cut()
        elif then == "forget":
            proxy.forget()
        proxy.silent.clear()
        print(f"    one worker silent, then {then}: another one ended a job {other - begun:.1f} s after the silence began",
              flush=True)

    def disk(self, world):
        rounds = 1 if self.short else 5
        seconds = 6 * rounds
        world.start_nodes(2)
        world.enqueue(seconds * 150, per_second=150)
        folder = world.database.file.parent
        for at in range(rounds):
            time.sleep(self.rng.uniform(0.5, 1.5))
            seen = world.log.count("disk_full")
            until = time.monotonic() + 10
            with open(folder / f"filler-{at}", "wb", buffering=0) as filler:
                while world.log.count("disk_full") == seen and time.monotonic() < until:
                    fill(filler)
                    time.sleep(0.02)
                said = world.log.count("disk_full") > seen
                hold = time.monotonic() + world.lease + 1
                while time.monotonic() < hold:
                    fill(filler)
                    time.sleep(0.02)
            (folder / f"filler-{at}").unlink()
            expect(said, "a full disk is said to be full")
            for node in world.nodes:
                node.expect_alive()
        return Done(f"{rounds} times full")

    def clock(self, world):
        rounds = 1 if self.short else 5
        hold = 1.5 if self.short else 2.5
        world.enqueue(int(80 * rounds * (hold * 2 + 2.5)), per_second=80, long_every=20)
        world.start_nodes(2)
        stayed = 0
        for _ in range(rounds):
            time.sleep(self.rng.uniform(0.5, 1.0))
            world.database.move_clock(HOUR_MS)
            time.sleep(hold)
            world.database.move_clock(0)
            back = time.time()
            time.sleep(hold + 2)
            # What began after the step back and takes longer than a lease has to be kept alive like any other.
            long = "state = 'succeeded' AND started_at > {0} AND started_at < {1} AND finished_at - started_at > 1400"
            ended = world.database.rows("SELECT count(*) FROM jobs WHERE " + long.format(
                int(back * 1000), int(back * 1000) + HOUR_MS // 2))[0][0]
            expect(int(ended) > 0, "a job that lasts longer than its lease ends after the clock went back")
            stayed = max(stayed, int(world.database.rows(
                "SELECT count(*) FROM jobs WHERE finished_at IS NULL AND COALESCE(lease_until, next_poll, run_at) "
                f"> {int(time.time() * 1000) + HOUR_MS // 2}")[0][0]))
        # What was scheduled by the forward clock runs when the clock gets there.
        print(f"    {stayed} jobs had times of the clock that went back, and waited for them", flush=True)
        world.database.move_clock(2 * HOUR_MS)
        return Done(f"{rounds} jumps by an hour, and back")


    def budget(self, world):
        """A program of its own, `crates/engine/examples/race.rs`; what fits is known, so nothing is left to judge later."""
        calls = 4_000 if self.short else {"sqlite": 1_000_000, "postgres": 20_000}[world.database.name]
        begun = time.monotonic()
        race = world.run(pathlib.Path(world.binary).with_name("race"), "--calls", calls)
        out = race.communicate()[0]
        expect(race.returncode == 0, f"the race ends (it gave {race.returncode})")
        found = json.loads(out)
        expect(found["kept"], f"what fits is paid, and nothing else: {found}")
        what = f"{found['fit']:,} fit, {found['refused']:,} refused, {calls / found['seconds']:,.0f} a second"
        return ["budget", world.database.name, what, f"{calls:,}", f"{calls:,}", f"{found['asked']:,}", "0", "0", "0",
                f"{time.monotonic() - begun:.0f}"]


def shown(ratios):
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


def fill(filler):
    """Fills the disk."""
    for size in (1 << 20, 4096):
        with contextlib.suppress(OSError):
            while filler.write(b"\0" * size) == size:
                pass


SCENARIOS = {"open": ["sqlite", "postgres"], "kill": ["sqlite", "postgres"], "freeze": ["sqlite", "postgres"], "postgres": ["postgres"], "speed": ["postgres"],
             "connections": ["postgres"], "disk": ["sqlite"], "clock": ["sqlite", "postgres"],
             "budget": ["sqlite", "postgres"]}


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
