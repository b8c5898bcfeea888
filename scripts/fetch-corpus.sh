#!/usr/bin/env bash
# Downloads the documents of tests/corpus.tsv and the recordings of tests/sounds.tsv from the packages that contain them, and
# verifies each SHA-256. Does nothing if all are present. Installs nothing and needs no root; Debian packages come from the lists of the last
# `apt-get update`.
#
# With --bench also the recordings of tests/bench-sounds.tsv, which `sluice bench ai` hears.
#
# The folder: ${XDG_CACHE_HOME:-~/.cache}/sluice/corpus. Needs: python3 with pip, apt-get, dpkg-deb.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

corpus=${XDG_CACHE_HOME:-$HOME/.cache}/sluice/corpus
tries=4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sounds=(tests/sounds.tsv)
if [[ ${1:-} == --bench ]]; then sounds+=(tests/bench-sounds.tsv); fi

# The files to be made, their hashes, packages and paths in them.
rows() {
    grep -v '^#' tests/corpus.tsv | awk -F'\t' -v OFS='\t' '{ print $1 ".pdf", $2, $3, $4 }'
    grep -hv '^#' "${sounds[@]}" | awk -F'\t' -v OFS='\t' '!seen[$1]++ { print $1 ".wav", $2, $3, $4 }'
}

is_there() { [[ -f $corpus/$1 && $(sha256sum <"$corpus/$1") == "$2 "* ]]; }

# again COMMAND…: retries a few times, with increasing delays, since registries fail now and then.
again() {
    local try
    for ((try = 1; try <= tries; try++)); do
        if "$@"; then return 0; fi
        if ((try < tries)); then sleep $((try * 3)); fi
    done
    return 1
}

download_pip() { python3 -m pip download --quiet --no-deps --no-binary :all: --dest . "$1" 2>log; }

download_whl() { python3 -m pip download --quiet --no-deps --only-binary=:all: --dest . "$1" 2>log; }

# The sandbox user of apt cannot write here; apt reports that and continues.
download_deb() { apt-get download -q "$1" >log 2>&1; }

# fetch SOURCE: puts the package into the working folder and prints its file's name.
fetch() {
    local kind=${1%%:*} name=${1#*:}
    local folder="$work/$name"
    mkdir -p "$folder"
    (
        cd "$folder"
        if ! again "download_$kind" "$name"; then
            sed 's/^/    /' log >&2
            exit 1
        fi
        rm -f log
        printf '%s\n' "$folder"/*
    )
}

# take FILE PATH: prints the content of that path in the package, uncompressed.
take() {
    local unpack=(cat)
    if [[ $2 == *.gz ]]; then unpack=(gzip -dc); fi
    case $1 in
        *.whl) python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$1" "$2" ;;
        *.deb) dpkg-deb --fsys-tarfile "$1" | tar -xO "./$2" ;;
        *) tar -xzOf "$1" "$2" ;;
    esac | "${unpack[@]}"
}

missing=()
while IFS=$'\t' read -r name hash source _; do
    if ! is_there "$name" "$hash"; then missing+=("$source"); fi
done < <(rows)

if ((${#missing[@]} == 0)); then
    note "Test documents and recordings: all present"
    exit 0
fi

say "Fetching documents and recordings for the tests"
mkdir -p "$corpus"
lost=0
while read -r wanted; do
    if ! file=$(fetch "$wanted"); then
        note "$wanted could not be downloaded"
        lost=$((lost + 1))
        continue
    fi
    while IFS=$'\t' read -r name hash source path _; do
        if [[ $source != "$wanted" ]] || is_there "$name" "$hash"; then continue; fi
        if take "$file" "$path" >"$work/document" && [[ $(sha256sum <"$work/document") == "$hash "* ]]; then
            mv "$work/document" "$corpus/$name"
        else
            note "$name: $wanted has a different version of it, or none"
            lost=$((lost + 1))
        fi
    done < <(rows)
done < <(printf '%s\n' "${missing[@]}" | sort -u)

if ((lost > 0)); then
    fail "$lost of the files or packages for the tests are missing." \
        "Debian packages:  apt-get update  (as root), then try again:  scripts/fetch-corpus.sh" \
        "The expected versions are those of Debian 12."
fi
note "$(rows | wc -l) files in $corpus"
