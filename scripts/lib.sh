# Shared by the scripts of this folder: sourced, not executed.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# A newly installed toolchain is not on the PATH of shells that are already open.
if ! command -v cargo >/dev/null && [[ -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
# Debian keeps some administration programs out of a user's PATH.
export PATH="$PATH:/usr/sbin:/sbin"

# say TEXT…: a step that begins. note TEXT…: something about it.
say() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }

# fail WHAT [WHAT TO DO…]: ends the script with a reason and a next step.
fail() {
    printf '\nsluice: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '        %s\n' "$line" >&2; done
    exit 1
}

# Cargo's target folder.
target_folder() {
    if [[ -n ${CARGO_TARGET_DIR:-} ]]; then
        printf '%s\n' "$CARGO_TARGET_DIR"
    else
        cargo metadata --no-deps --offline --format-version 1 2>/dev/null |
            sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
    fi
}

# The release binary `sluice`.
sluice_binary() { printf '%s/release/sluice\n' "$(target_folder)"; }

models_folder() { printf '%s\n' "${SLUICE_MODELS:-${XDG_DATA_HOME:-$HOME/.local/share}/sluice/models}"; }

python_tests_folder() { printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/sluice/python-tests"; }

anki_folder() { printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/sluice/anki"; }

# http_get PORT PATH: prints the answer of a server on this machine, headers and all; needs neither curl nor wget.
http_get() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
        printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3
        cat <&3
    ) 2>/dev/null
}

# same_as_before FILE KEY: whether FILE holds KEY, the hash of what a step was made from.
same_as_before() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# elapsed SECONDS: "3 min 20 s"
elapsed() {
    if (($1 >= 60)); then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}
