#!/usr/bin/env bash
# Installs what is missing, and only that: Debian packages, the page's dependencies, the models.
# With --tests also what only the tests need. It is idempotent: with nothing missing it takes seconds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tests=no
if [[ ${1:-} == --tests ]]; then tests=yes; fi

has() { command -v "$1" >/dev/null; }
has_font() { [[ -f $1 ]] || { has fc-list && fc-list | grep -q "$(basename "$1")"; }; }
has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }
has_postgres() { compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null && has psql; }
has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_pip() { python3 -m pip --version >/dev/null 2>&1; }
# tesseract prints its languages to stdout or stderr, depending on the version.
has_tesseract_language() { tesseract --list-langs 2>&1 | grep -qx "$1"; }
node_is_new() { has node && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 19) ? 0 : 1)'; }

missing=()
# need PACKAGES… -- TEST…: remembers the Debian packages if the test fails.
need() {
    local packages=()
    while [[ $1 != -- ]]; do packages+=("$1"); shift; done
    shift
    "$@" || missing+=("${packages[@]}")
}

list_missing() {
    need gcc libc6-dev -- has cc
    need g++ -- has c++
    need make -- has make
    need git -- has git
    need ca-certificates -- test -s /etc/ssl/certs/ca-certificates.crt
    need python3 -- has python3
    need python3-pip -- has_pip
    need nodejs -- has node
    need npm -- has npm
    need ffmpeg -- has ffmpeg
    need ffmpeg -- has ffprobe
    need espeak-ng -- has espeak-ng
    need libespeak-ng1 -- has_library libespeak-ng.so.1
    need poppler-utils -- has pdftotext
    need poppler-utils -- has pdftoppm
    # The character maps of Chinese, Japanese and Korean fonts that PDFs name without embedding them.
    need poppler-data -- test -d /usr/share/poppler/cMap
    need tesseract-ocr -- has tesseract
    # Tells which way up a scan is, and its script.
    need tesseract-ocr-osd -- has_tesseract_language osd
    need tesseract-ocr-ara -- has_tesseract_language ara
    need tesseract-ocr-fra -- has_tesseract_language fra
    # Photos of phrases in the languages of Capture; PP-OCR reads those in Spanish and Mandarin.
    need tesseract-ocr-rus -- has_tesseract_language rus
    need tesseract-ocr-kat -- has_tesseract_language kat
    need fontconfig -- has fc-list
    need fonts-noto-core -- has_font /usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf
    # Emoji in burned captions and on cards.
    need fonts-noto-color-emoji -- has_font /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf
    # Replacements for standard fonts that PDFs use without embedding them: without these their pages look wrong.
    need fonts-urw-base35 -- has_font /usr/share/fonts/opentype/urw-base35/NimbusSans-Regular.otf
    if [[ $tests == yes ]]; then
        if [[ -z ${CHROMIUM:-} ]]; then need chromium -- test -x /usr/bin/chromium; fi
        need shellcheck -- has shellcheck
        # Prints Mandarin for `sluice bench capture`.
        need fonts-droid-fallback -- has_font /usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf
        # The engine's test suites start their own server.
        need python3-venv -- has_venv
        need postgresql -- has_postgres
        need pgbouncer -- has pgbouncer
        # Reads what /metrics says.
        need prometheus -- has promtool
    fi
    if ((${#missing[@]})); then mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u); fi
}

# Sets `as_root` to the command prefix for running as root. Asks for a password only on a terminal.
may_be_root() {
    as_root=()
    if [[ $(id -u) == 0 ]]; then return 0; fi
    as_root=(sudo)
    has sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }
}

install_packages() {
    list_missing
    if ((${#missing[@]} == 0)); then
        note "Debian packages: all present"
        return
    fi
    local command=(apt-get install -y --no-install-recommends "${missing[@]}")
    if ! has apt-get; then
        fail "some programs are missing, and this system has no apt-get to install them with." \
            "Install what your system calls these Debian packages, then try again:" "${missing[*]}"
    fi
    if ! may_be_root; then
        fail "some Debian packages are missing, and installing them needs root." \
            "As root, type:  apt-get update && ${command[*]}" "Then try again."
    fi
    say "Installing Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -q || note "apt-get update failed; trying with the existing lists"
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${command[@]}" -q; then
        fail "apt-get could not install the packages; its message is above." \
            "Put that right, or install them yourself:  ${command[*]}"
    fi
}

check_rust() {
    has cargo || fail "Rust is missing." "Install it as https://rustup.rs says, then try again. Nothing else is needed by hand."
    local wanted
    wanted=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
    if ! rustc --version >/dev/null 2>&1; then
        fail "the pinned Rust $wanted is not installed." "Type:  rustup toolchain install $wanted --component rustfmt,clippy"
    fi
    note "Rust: $(rustc --version | cut -d' ' -f2)"
}

# The page's packages, if the lock file changed or they are missing.
install_page_packages() {
    if ! node_is_new; then
        fail "Node $(node --version) is too old: the page is built with 18.19 or later." \
            "Install a newer one (Debian 12 and later have it), then try again."
    fi
    local key stamp=web/node_modules/.installed
    key=$(sha256sum web/package-lock.json | cut -d' ' -f1)
    if same_as_before "$stamp" "$key"; then
        note "page dependencies: all present"
        return
    fi
    say "Installing the page's dependencies"
    # Old npm versions warn about the engines of optional dependencies; relevant problems fail the build.
    (cd web && npm ci --no-audit --no-fund --loglevel=error) ||
        fail "npm could not install the page's dependencies; its message is above." "Check the network and try again."
    printf '%s' "$key" >"$stamp"
}

# The Python packages of the tests, in a virtual environment below the cache.
install_python_packages() {
    local folder key
    folder=$(python_tests_folder)
    key=$(sha256sum scripts/tests/requirements.txt | cut -d' ' -f1)
    if same_as_before "$folder/.installed" "$key"; then
        note "Python packages of the tests: all present"
        return
    fi
    say "Installing the Python packages of the tests"
    python3 -m venv --clear "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check -r scripts/tests/requirements.txt ||
        fail "pip could not install the Python packages of the tests; its message is above." "Check the network and try again."
    printf '%s' "$key" >"$folder/.installed"
}

# Anki's own package in several versions, each in a folder of its own, which are imported into by tests.
install_anki() {
    local version folder
    while read -r version; do
        folder=$(anki_folder)/$version
        if same_as_before "$folder/.installed" "$version"; then continue; fi
        say "Installing Anki $version for the tests"
        rm -rf "$folder"
        "$(python_tests_folder)/bin/pip" install --quiet --disable-pip-version-check --target "$folder" "anki==$version" ||
            fail "pip could not install Anki $version; its message is above." "Check the network and try again."
        printf '%s' "$version" >"$folder/.installed"
    done < <(grep -v '^#' scripts/tests/anki/versions.txt)
}

fetch() {
    local script=$1 what=$2
    [[ -f $script ]] || return 0
    bash "$script" || fail "$what could not be fetched; the reason is above." "Try again: existing files are kept."
}

say "Checking what is there"
check_rust
install_packages
install_page_packages
fetch scripts/fetch-models.sh "the models"
if [[ $tests == yes ]]; then
    install_python_packages
    install_anki
fi
if [[ $tests == yes && -f scripts/fetch-corpus.sh ]]; then
    # Some of the documents are in Debian packages, which apt-get finds by its lists.
    if has apt-get && ! compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null && may_be_root; then
        "${as_root[@]}" apt-get update -q || note "apt-get update failed"
    fi
    fetch scripts/fetch-corpus.sh "the real documents for the tests"
fi
