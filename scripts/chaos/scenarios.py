"""The scenarios."""

import contextlib
import dataclasses
import json
import math
import pathlib
import signal
import statistics
import time
import typing

from databases import Proxy
from promise import Failed, expect
from world import END_SECONDS, Node

# After the database is back: longest time until jobs end again, and until the rate has recovered: leases of interrupted
# attempts have expired, and all pooled connections have been replaced.
BACK_SECONDS = 20
STEADY_SECONDS = 4
HOUR_MS = 3_600_000


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
        # A worker that is frozen with the database's write lock stops the other one, too: nothing is taken over, and none
        # of its writes is late. SQLite has one such lock, so that all of a few rounds may meet it: then more follow.
        rounds, most = (2, 10) if self.short else (30, 30)
        order = {"per_second": 150, "long_every": 20, "long_ms": 700}
        seconds = 1.2 + 2 * world.lease
        world.enqueue(int(rounds * seconds * 150), **order)
        world.start_nodes(2, slots=16)
        time.sleep(1)
        done = 0
        while done < rounds or (done < most and not world.log.count("refused a late write")):
            if done >= rounds:
                world.enqueue(int(seconds * 150), owner=f"chaos-{done}", **order)
            node = world.nodes[done % 2]
            done += 1
            node.process.send_signal(signal.SIGSTOP)
            time.sleep(world.lease * 2 + self.rng.uniform(0.2, 0.7))
            node.process.send_signal(signal.SIGCONT)
            time.sleep(self.rng.uniform(0.3, 0.8))

        def judge():
            expect(world.log.count("refused a late write") > 0, "a late write was tried, and refused")
        # One of two workers is frozen most of the time, perhaps with rows locked that the other one needs: whatever
        # could not be done meanwhile is left to the end.
        return Done(f"{done} freezes", judge, world.settle(END_SECONDS if self.short else 10 * END_SECONDS))

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
