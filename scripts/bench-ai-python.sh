#!/usr/bin/env bash
# Makes a Python with what `sluice bench ai` compares itself with, and brings the recordings that it hears. Does nothing that
# was done already. Prints the command to run at the end.
#
# The folder: ${XDG_CACHE_HOME:-~/.cache}/sluice/bench-python. Needs: python3 with pip and venv, apt-get, dpkg-deb.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages=(faster-whisper==1.2.1 onnxruntime tokenizers)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/sluice/bench-python
key="${packages[*]}"

bash scripts/fetch-corpus.sh --bench
if ! same_as_before "$folder/packages" "$key"; then
    say "Python with ${packages[*]}"
    python3 -m venv --clear "$folder" || fail "a Python environment cannot be made." "Install python3-venv, then try again."
    "$folder/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" ||
        fail "pip could not install ${packages[*]}; its reason is above." "Try again:  scripts/bench-ai-python.sh"
    printf '%s' "$key" >"$folder/packages"
fi
note "$(sluice_binary) bench ai --python $folder/bin/python --json"
