#!/usr/bin/env python3
"""Kills the server at each named stage and at random moments, restarts it, and compares the results.

The same video must come out as without any kill; no part may be made twice; no process and no temporary file may be
left. SLUICE_BINARY is the release binary, KILLS the number of random kills, SEED repeats a run.
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
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "examples" / "lighthouses.pdf"
STAGES = ["read", "outline", "script", "scenes", "voice", "captions", "frames", "clip", "assemble", "publish"]
FINAL = {"done", "failed", "cancelled", "expired"}
START_SECONDS, FINISH_SECONDS, SWEEP_SECONDS = 30, 600, 30
# A dead worker's job is rescued after its lease; short, so that fifty kills take minutes.
LEASE_SECONDS = "1"


class Server:
    """The release binary on a free port, with a persistent data folder."""

    def __init__(self, binary, data):
        self.binary, self.data, self.process, self.retried = binary, pathlib.Path(data), None, 0
        atexit.register(self.end)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self):
        environment = dict(os.environ, SLUICE_LEASE_SECONDS=LEASE_SECONDS, SLUICE_REELS_PER_TEN_MINUTES="1000")
        with open(self.data / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--single-user", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.ask("GET", "/api/v1/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("the server did not start:\n" + (self.data / "server.log").read_text()[-2000:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        """Kills the server, however this script ends."""
        if self.process and self.process.poll() is None:
            self.kill()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=40)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def reel(self, reel_id):
        status, body = self.ask("GET", f"/api/v1/reels/{reel_id}")
        if status != 200:
            raise SystemExit(f"the reel is gone: {status} {body[:300]}")
        return json.loads(body)

    def order(self, key):
        """Requests the video. Repeated requests with the same key start it once."""
        boundary = "----sluice-kill-test"
        fields = {"mode": "summary", "shape": "16:9", "captions": "burned"}
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{DOCUMENT.name}"\r\n'
                     "Content-Type: application/pdf\r\n\r\n".encode() + DOCUMENT.read_bytes() + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        status, answer = self.ask("POST", "/api/v1/reels", body, {
            "Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": key})
        if status not in (200, 202):
            raise SystemExit(f"the order was refused: {status} {answer[:500]}")
        return json.loads(answer)["id"]

    def look(self, reel_id):
        """The reel, and whether it came to its end. A job that was killed in every one of its attempts gives up, as it
        should; then its owner asks once more, as here."""
        reel = self.reel(reel_id)
        if reel["state"] == "failed" and "worker_died" in json.dumps(reel["error"]):
            self.ask("POST", f"/api/v1/jobs/{reel['job_id']}/retry")
            self.retried += 1
            return reel, False
        return reel, reel["state"] in FINAL

    def finish(self, reel_id):
        until = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < until:
            reel, ended = self.look(reel_id)
            if ended:
                return reel
            time.sleep(0.2)
        raise SystemExit(f"the reel was not finished in {FINISH_SECONDS} s:\n{json.dumps(reel)[:2000]}")


def rows(data, sql):
    database = sqlite3.connect(f"file:{data}/sluice.db?mode=ro", uri=True, timeout=10)
    try:
        return database.execute(sql).fetchall()
    except sqlite3.OperationalError:
        # Not made yet.
        return []
    finally:
        database.close()


def fetch(server, url):
    parts = urllib.parse.urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    status, body = server.ask("GET", path)
    if status != 200:
        raise SystemExit(f"{path.split('?')[0]}: {status}")
    return body


def outcome(server, reel):
    """The result for the user: the video's length, its captions, its transcript, its scenes."""
    if reel["state"] != "done":
        log = (server.data / "server.log").read_text()[-6000:]
        raise SystemExit(f"the reel ended as {reel['state']}: {reel['error']}\n{log}")
    result = reel["result"]
    video = fetch(server, result["video_url"])
    if video[4:8] != b"ftyp" or len(video) != result["bytes"]:
        raise SystemExit("the video is not a whole MP4")
    return {
        "seconds": result["seconds"],
        "captions": fetch(server, result["srt_url"]).decode(),
        "transcript": fetch(server, result["transcript_url"]).decode(),
        "scenes": [scene["text"] for scene in reel["scenes"]],
    }


def ours():
    """The process ids of the engines."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                name = os.path.basename(os.readlink(entry / "exe"))
            except (OSError, IndexError):
                continue
            if name.split(" ")[0] in {"sluice", "sluice-espeak", "ffmpeg", "ffprobe", "pdftotext", "pdftocairo", "tesseract"}:
                found[int(entry.name)] = (parent, name)
    return found


def orphans(before):
    """Orphaned engines. The kernel kills them, which takes a moment."""
    until = time.monotonic() + 3
    while True:
        now = ours()
        left = {pid: name for pid, (parent, name) in now.items() if pid not in before and parent in (0, 1)}
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.05)


def check_nothing_made_twice(data):
    twice = rows(data, "SELECT kind, key, count(*) FROM calls WHERE outcome = 'succeeded' GROUP BY kind, key HAVING count(*) > 1")
    if twice:
        raise SystemExit(f"made twice: {twice}")
    return collections.Counter(dict(rows(data, "SELECT kind, count(*) FROM calls WHERE outcome = 'succeeded' GROUP BY kind")))


def check_nothing_left(server):
    """Checks that temporary folders are removed at the next start of the server."""
    server.start()
    until = time.monotonic() + SWEEP_SECONDS
    while (left := list((server.data / "work").iterdir())) and time.monotonic() < until:
        time.sleep(0.1)
    server.stop()
    if left:
        raise SystemExit(f"left in the work folder: {[path.name for path in left]}")
    if (state := rows(server.data, "PRAGMA integrity_check")) != [("ok",)]:
        raise SystemExit(f"the database: {state}")


def compare(expected, found, what):
    for name in expected:
        same = abs(expected[name] - found[name]) <= 0.05 if name == "seconds" else expected[name] == found[name]
        if not same:
            raise SystemExit(f"{what}: {name} differs:\n{str(expected[name])[:600]}\n---\n{str(found[name])[:600]}")


def running_stages(data):
    return {stage.lower() for (stage,) in rows(data, "SELECT stage FROM jobs WHERE state = 'running'")}


def kill_at_stages(server, key):
    """Kills the server when each stage is first seen running. Returns the reel and the stages that were too quick to see."""
    server.start()
    reel_id = server.order(key)
    wanted, killed = list(STAGES), []
    until = time.monotonic() + FINISH_SECONDS
    while wanted and time.monotonic() < until:
        seen = [stage for stage in wanted if stage in running_stages(server.data)]
        if seen:
            server.kill()
            wanted.remove(seen[0])
            killed.append(seen[0])
            server.start()
        elif server.look(reel_id)[1]:
            break
    print(f"    killed in: {', '.join(killed)}; over too quickly to be met: {', '.join(wanted) or 'none'}", flush=True)
    return reel_id


def kill_at_random(server, key, kills, rng):
    """Kills the server repeatedly while it makes a video."""
    reel_id, done = None, 0
    while done < kills:
        server.start()
        if reel_id is None:
            reel_id = server.order(key)
        # From the first moments to the middle of a scene.
        pause = rng.choice([rng.uniform(0.0, 0.5), rng.uniform(0.5, 6.0)])
        until = time.monotonic() + pause
        finished = False
        while time.monotonic() < until and not finished:
            time.sleep(min(0.1, max(0.0, until - time.monotonic())))
            finished = server.look(reel_id)[1]
        server.kill()
        done += 1
        if finished:
            break
    server.start()
    return reel_id, done


def main():
    binary = os.environ.get("SLUICE_BINARY")
    if not binary or not os.access(binary, os.X_OK):
        raise SystemExit("set SLUICE_BINARY to the release binary: make build says where it is")
    kills, seed = int(os.environ.get("KILLS", "50")), int(os.environ.get("SEED") or random.randrange(1 << 32))
    rng, before, passed = random.Random(seed), set(ours()), 0
    print(f"    {kills} random kills, seed {seed} (SEED repeats it)", flush=True)

    with tempfile.TemporaryDirectory(prefix="sluice-kill-") as folder:
        def fresh(name):
            data = pathlib.Path(folder) / name
            data.mkdir()
            return Server(binary, data)

        server = fresh("undisturbed")
        server.start()
        expected = outcome(server, server.finish(server.order("undisturbed")))
        server.stop()
        parts = check_nothing_made_twice(server.data)
        print(f"    undisturbed: {expected['seconds']:.1f} s of video from {sum(parts.values())} parts", flush=True)

        def judge(server, reel_id, what):
            compare(expected, outcome(server, server.finish(reel_id)), what)
            server.stop()
            found = check_nothing_made_twice(server.data)
            if found != parts:
                raise SystemExit(f"{what}: parts made: {dict(found)}, undisturbed: {dict(parts)}")
            if left := orphans(before):
                raise SystemExit(f"{what}: processes left: {left}")
            check_nothing_left(server)

        server = fresh("stages")
        judge(server, kill_at_stages(server, "stages"), "killed at each stage")
        passed += 1

        total = 0
        while total < kills:
            server = fresh(f"random-{total}")
            reel_id, done = kill_at_random(server, f"random-{total}", kills - total, rng)
            total += done
            judge(server, reel_id, f"killed at {done} random moments")
            passed += 1
            asked = f" (asked again {server.retried} times)" if server.retried else ""
            print(f"    killed at {done} random moments{asked}: the same video, nothing made twice, nothing left", flush=True)
    print(f"{passed} passed, 0 failed")


try:
    main()
except subprocess.TimeoutExpired as error:
    sys.exit(f"the server did not stop: {error}")
