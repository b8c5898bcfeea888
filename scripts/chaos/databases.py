"""The databases that scenarios run on, and the proxy in front of one."""

import contextlib
import glob
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time

from promise import Failed, expect


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
