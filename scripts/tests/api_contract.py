#!/usr/bin/env python3
"""Tests the server against its OpenAPI document: the document is valid and is the one that is checked in, and whatever the
document allows or forbids is answered as it says, by Schemathesis with all its checks.

SLUICE_BINARY is the release binary, SECONDS how long requests are made up: too short a time, in which not every operation is
asked, is a failure. SEED is what they are made up from: the same in every
run unless it is set, so that a change is tested by the requests that passed before it; `random` looks for new ones.
"""

import atexit
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from openapi_spec_validator import validate

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 30
SEED = os.environ.get("SEED", "1")


def start(binary, data):
    """The server on a free port; returns its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    environment = dict(os.environ, SLUICE_REELS_PER_TEN_MINUTES="100000")
    with open(data / "server.log", "wb") as log:
        process = subprocess.Popen(
            [binary, "serve", "--listen", url.removeprefix("http://"), "--data", str(data)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
    atexit.register(process.kill)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/v1/health"):
                return url
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the server did not start:\n" + (data / "server.log").read_text()[-2000:])


def accounts(binary, data):
    """Two administrators, who are created here: an API token of the first one, and both their ids."""
    def run(*arguments, **more):
        command = [binary, *arguments, "--json", "--data", str(data)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout)

    ids = [run("user", "add", f"{name}@example.org", "--admin", "--password-file", "-", input="a quiet lighthouse\n")["id"]
           for name in ("ada", "bob")]
    return run("token", "add", "ada@example.org", "contract", "--scopes", "read,write,admin,metrics")["secret"], *ids


def check_document(url):
    with urllib.request.urlopen(f"{url}/api/v1/openapi.json") as answer:
        served = json.load(answer)
    validate(served)
    if served != json.loads((ROOT / "openapi.json").read_text()):
        raise SystemExit("openapi.json is not what the server answers: type  sluice openapi > openapi.json")


def ask_everything(url, folder, bearer, own, other):
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"),
        "--config-file", str(ROOT / "scripts" / "tests" / "schemathesis.toml"),
        "run", f"{url}/api/v1/openapi.json", "--max-time", os.environ.get("SECONDS", "90"),
        "--header", f"Authorization: Bearer {bearer}",
    ]
    if SEED != "random":
        command += ["--seed", SEED]
    hooks = ROOT / "scripts" / "tests" / "contract" / "hooks.py"
    environment = dict(os.environ, SCHEMATHESIS_HOOKS=str(hooks), SLUICE_OWN_ACCOUNT=own, SLUICE_OTHER_ACCOUNT=other)
    lines = []
    # In a separate folder, because it stores its findings.
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode or untested("".join(lines))


def untested(report):
    """1 unless every operation that was selected was tested: where the time is over, Schemathesis skips the others and succeeds."""
    found = re.search(r"^API Operations:\s+Selected: (\d+)/\d+\s+Tested: (\d+)$", report, re.MULTILINE)
    if found is None:
        print("the report says nothing of how many operations were tested", file=sys.stderr)
        return 1
    selected, tested = map(int, found.groups())
    if tested == selected:
        return 0
    print(f"{tested} of {selected} operations were tested: give it more time with SECONDS", file=sys.stderr)
    return 1


def main():
    binary = os.environ["SLUICE_BINARY"]
    with tempfile.TemporaryDirectory(prefix="sluice-contract-") as folder:
        data = pathlib.Path(folder, "data")
        data.mkdir()
        url = start(binary, data)
        check_document(url)
        code = ask_everything(url, folder, *accounts(binary, data))
        if code != 0:
            print((data / "server.log").read_text()[-4000:], file=sys.stderr)
        sys.exit(code)


if __name__ == "__main__":
    main()
