#!/usr/bin/env bash
# Makes the examples from their sources: examples/source/*.html → examples/*.pdf, printed, and examples/source/*.txt → examples/*.ogg,
# spoken. They are checked in, so this is only needed after a source was changed. Needs chromium, fonts-noto-core, ffmpeg, and `make build`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
    echo "make-examples: no chromium found. Install it with: apt-get install chromium fonts-noto-core" >&2
    exit 1
fi

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
sandbox=()
if [[ $(id -u) == 0 ]]; then sandbox=(--no-sandbox); fi

for source in examples/source/*.html; do
    out="examples/$(basename "$source" .html).pdf"
    "$browser" --headless "${sandbox[@]}" --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$profile" --virtual-time-budget=10000 \
        --no-pdf-header-footer --print-to-pdf="$out" "file://$PWD/$source" 2>/dev/null
    printf '%s: %s pages\n' "$out" "$(pdfinfo "$out" | awk '/^Pages/ {print $2}')"
done

sluice=$(sluice_binary)
for talk in examples/source/*.txt; do
    out=examples/$(basename "$talk" .txt).ogg
    list=$profile/list
    : >"$list"
    part=0
    while IFS=: read -r who text; do
        part=$((part + 1))
        voice=piper:en_US-joe-medium
        if [[ $who == B ]]; then voice=espeak:en; fi
        "$sluice" try speak "${text# }" -o "$profile/$part.wav" --voice "$voice" >/dev/null
        ffmpeg -nostdin -v error -i "$profile/$part.wav" -ac 1 -ar 24000 -af loudnorm,apad=pad_dur=0.45 "$profile/$part-said.wav"
        printf "file '%s'\n" "$profile/$part-said.wav" >>"$list"
    done < <(grep -v '^#' "$talk")
    ffmpeg -nostdin -v error -y -f concat -safe 0 -i "$list" -c:a libopus -b:a 32k -ac 1 -map_metadata -1 "$out"
    printf '%s: %s s\n' "$out" "$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$out")"
done
