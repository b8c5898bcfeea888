#!/usr/bin/env python3
"""Uploads a large file by tus-js-client, and cuts it off at random places: the connection, and the server itself.

The file becomes one document with the right bytes, the server's memory stays flat, and nothing is left behind: in a folder,
and in a bucket. Two clients at once, a wrong offset and a wrong checksum are answered as tus says.

SLUICE_BINARY is the release binary, BUCKET_BINARY the example `bucket`, an S3 server. MEGABYTES is the length of the file
in the folder (200) and S3_MEGABYTES of that in the bucket (128); the whole form, `make uploads`, is 1000 of both. SEED
repeats a run, KILLS says how often the server is killed (2).
"""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 30
# What receiving may add to the server's memory at most, whatever the file's length: 32 MB for what is being sent to a bucket,
# of which one upload needs a piece or two of 8 MB, and the buffers. Only files that are longer than this show that it is flat.
FLAT_MEGABYTES = 48
# The length of the files with which nothing is measured.
SMALL_MEGABYTES = 16


class Server:
    def __init__(self, binary, data, megabytes, settings):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.binary, self.data = binary, data
        self.environment = dict(os.environ, SLUICE_UPLOAD_LIMIT=f"{megabytes + 10}MB", **settings)
        self.peak, self.is_receiving = 0, lambda: False
        self.start()
        threading.Thread(target=self.sample, daemon=True).start()

    def start(self):
        with open(self.data / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--single-user", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health"):
                    return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("the server did not start:\n" + self.log())

    def log(self):
        return (self.data / "server.log").read_text()[-4000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def memory(self):
        """Resident bytes that are no file's, in megabytes."""
        try:
            lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024
        except (OSError, StopIteration):
            return 0

    def sample(self):
        while True:
            if self.is_receiving():
                self.peak = max(self.peak, self.memory())
            time.sleep(0.02)

    def ask(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body=body, headers={"Tus-Resumable": "1.0.0", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


class Cutter:
    """A proxy to the server that cuts connections once so many bytes have passed."""

    def __init__(self, server, cuts):
        self.server, self.cuts, self.passed, self.cut = server, cuts, 0, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.server.port))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.pump, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, False), daemon=True).start()

    def is_due(self, length):
        with self.lock:
            self.passed += length
            if self.cuts and self.passed >= self.cuts[0]:
                self.cuts.pop(0)
                self.cut += 1
                return True
        return False

    def pump(self, source, target, counted):
        try:
            while piece := source.recv(65536):
                if counted and self.is_due(len(piece)):
                    break
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def large_pdf(path, megabytes, chance):
    """A document with text and one large object of random bytes that nothing refers to."""
    fine = next((ROOT / "examples").glob("*.pdf")).read_bytes()
    length = megabytes * 1_000_000
    filler = length - len(fine)
    with open(path, "wb") as out:
        out.write(fine)
        out.write(b"\n9999 0 obj\n<< /Length %d >>\nstream\n" % filler)
        while filler > 0:
            part = min(filler, 1 << 20)
            out.write(chance.randbytes(part))
            filler -= part
        out.write(b"\nendstream\nendobj\n")
        # The address of its table of objects again, at the end, where readers look for it.
        start = int(fine[fine.rindex(b"startxref") + 9:].split()[0])
        out.write(b"startxref\n%d\n%%%%EOF\n" % start)


def client(port, file, name, **more):
    command = ["node", str(ROOT / "web/tests/tus/client.mjs"), f"http://127.0.0.1:{port}/api/v1/uploads", str(file), name]
    return subprocess.Popen(command, cwd=ROOT / "web", stdout=subprocess.PIPE, text=True, env=dict(os.environ, **more))


def outcome(process):
    lines = [json.loads(line) for line in process.stdout.read().splitlines()]
    return process.wait(), lines


def check(what, holds, shown=""):
    if not holds:
        raise SystemExit(f"{what}: {shown}")
    print(f"  {what}")


def cut_and_resumed(server, file, megabytes, chance, kills):
    length = file.stat().st_size
    cutter = Cutter(server, sorted(chance.randrange(length) for _ in range(8)))
    before, began = server.memory(), time.monotonic()
    # Until the last bytes are on their way: then the document is read, which is not a matter of its upload.
    server.peak, server.is_receiving = 0, lambda: cutter.passed < length - (1 << 20)
    sending = client(cutter.port, file, "large.pdf")
    for turn in range(kills):
        wanted = length * (turn + 1) // (kills + 1)
        while cutter.passed < wanted and sending.poll() is None:
            time.sleep(0.005)
        server.kill()
        time.sleep(0.2)
        server.start()
    code, lines = outcome(sending)
    seconds = time.monotonic() - began
    check(f"{megabytes} MB arrive in {seconds:.0f} s over {cutter.cut} cut connections and {kills} kills",
          code == 0 and cutter.cut >= 3, lines[-5:])
    documents = [line["document"] for line in lines if line.get("document")]
    check("the last response names the document", len(set(documents)) == 1, lines[-5:])
    check(f"memory while receiving: {before:.0f} MB before, {server.peak:.0f} MB at most",
          server.peak - before < FLAT_MEGABYTES < megabytes, f"{before:.0f} to {server.peak:.0f} MB")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/v1/documents/{documents[0]}") as answer:
        document = json.load(answer)
    check("the document has the file's length and name",
          (document["bytes"], document["name"]) == (length, "large.pdf"), document)
    left = [path for folder in ("uploads", "incoming") for path in (server.data / folder).rglob("*") if path.is_file()]
    check("nothing is left in the staging places", not left, left)
    return documents[0]


def stored_bytes(server, file):
    sums = {path for path in (server.data / "media").rglob("*") if path.is_file() and path.stat().st_size == file.stat().st_size}
    wanted = hashlib.sha256(file.read_bytes()).digest()
    check("the stored bytes are those of the file",
          len(sums) == 1 and hashlib.sha256(sums.pop().read_bytes()).digest() == wanted)


def found_again(server, file, document):
    code, lines = outcome(client(server.port, file, "large.pdf"))
    check("the same file again is the same document", code == 0 and lines[-2].get("document") == document, lines[-3:])


def two_at_once(server, file, chance):
    status, headers, _ = server.ask("POST", "/api/v1/uploads", {
        "Upload-Length": str(file.stat().st_size), "Upload-Metadata": "filename " + base64.b64encode(b"two.pdf").decode()})
    check("an upload is created", status == 201, status)
    url = f"http://127.0.0.1:{server.port}{headers['Location']}"
    both = [client(server.port, file, "two.pdf", UPLOAD_URL=url, CHUNK_BYTES=str(1 << 20)) for _ in range(2)]
    ended = [outcome(one) for one in both]
    refused = sum(line.get("retry") in (409, 423) for _, lines in ended for line in lines)
    check(f"two clients at once both end well, after {refused} refusals", all(code == 0 for code, _ in ended),
          [lines[-4:] for _, lines in ended])
    status, headers, _ = server.ask("HEAD", headers["Location"])
    check("the upload is complete", headers["Upload-Offset"] == str(file.stat().st_size), dict(headers))


def refusals(server):
    _, headers, _ = server.ask("POST", "/api/v1/uploads", {"Upload-Length": "1000"})
    where = headers["Location"]
    bytes_type = {"Content-Type": "application/offset+octet-stream"}
    part = b"%PDF-1.7\n" + bytes(91)
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    right = "sha256 " + base64.b64encode(hashlib.sha256(part).digest()).decode()
    for what, extra, expected in [
        ("a wrong offset is 409", {"Upload-Offset": "5"}, 409),
        ("a wrong checksum is 460", {"Upload-Offset": "0", "Upload-Checksum": wrong}, 460),
        ("an unknown algorithm is 400", {"Upload-Offset": "0", "Upload-Checksum": "crc32 AAAA"}, 400),
        ("another media type is 415", {"Upload-Offset": "0", "Content-Type": "text/plain"}, 415),
        ("another version is 412", {"Upload-Offset": "0", "Tus-Resumable": "0.2.2"}, 412),
    ]:
        status, _, body = server.ask("PATCH", where, {**bytes_type, **extra}, part)
        check(what, status == expected and json.loads(body)["status"] == expected, (status, body))
        check("  and nothing changed", server.ask("HEAD", where)[1]["Upload-Offset"] == "0")
    status, headers, _ = server.ask("PATCH", where, {**bytes_type, "Upload-Offset": "0", "Upload-Checksum": right}, part)
    check("a right checksum is taken", (status, headers["Upload-Offset"]) == (204, "100"), status)
    check("a termination is 204", server.ask("DELETE", where)[0] == 204)
    check("  and then there is none", server.ask("HEAD", where)[0] in (404, 410))


class Bucket:
    """An S3 server of our own; its settings are those of a server that uses it."""

    def __init__(self, binary, folder):
        self.process = subprocess.Popen([binary, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        lines = iter(self.process.stdout.readline, "\n")
        self.settings = dict(line.rstrip("\n").split("=", 1) for line in lines if line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def in_one_place(folder, megabytes, kills, chance, settings):
    """A large file, over cut connections and kills; then what is asked of small ones."""
    data, file, small = folder / "data", folder / "large.pdf", folder / "small.pdf"
    data.mkdir(parents=True)
    large_pdf(file, megabytes, chance)
    large_pdf(small, SMALL_MEGABYTES, chance)
    server = Server(os.environ["SLUICE_BINARY"], data, megabytes, settings)
    try:
        document = cut_and_resumed(server, file, megabytes, chance, kills)
        # In a bucket there are no files to look at; that the same bytes are found again says what is stored.
        if not settings:
            stored_bytes(server, file)
        found_again(server, file, document)
        two_at_once(server, small, chance)
        refusals(server)
    except BaseException:
        print(server.log(), file=sys.stderr)
        raise
    finally:
        server.kill()
    shutil.rmtree(folder)


def main():
    megabytes, in_bucket = (int(os.environ.get(name, known)) for name, known in [("MEGABYTES", "200"), ("S3_MEGABYTES", "128")])
    seed = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
    kills = int(os.environ.get("KILLS", "2"))
    print(f"SEED={seed} MEGABYTES={megabytes} S3_MEGABYTES={in_bucket} KILLS={kills}")
    if shutil.which("node") is None:
        raise SystemExit("node is missing: install it, it runs tus-js-client")
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="sluice-tus-", dir=os.environ.get("TMPDIR")) as folder:
        folder = pathlib.Path(folder)
        print(" in a folder:")
        in_one_place(folder / "folder", megabytes, kills, chance, {})
        print(" in a bucket:")
        bucket = Bucket(os.environ["BUCKET_BINARY"], folder / "bucket")
        try:
            in_one_place(folder / "s3", in_bucket, kills, chance, bucket.settings)
        finally:
            bucket.end()


if __name__ == "__main__":
    main()
