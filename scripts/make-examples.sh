#!/usr/bin/env bash
# Makes the examples from their sources: examples/source/*.html → examples/*.pdf, printed, examples/source/*.txt → examples/*.ogg,
# spoken, and the photo and the clip of examples/capture, drawn and spoken. They are checked in, so this is only needed after a source was
# changed. Needs chromium, fonts-noto-core, ffmpeg, and `make build`. With --capture it makes only the photo and the clip, without chromium.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sluice=$(sluice_binary)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# A sign on a wall, as a telephone takes it: a little askew, with the noise of a small sensor.
draw_photo() {
    local out=$1 font=/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf row=0 filters
    filters="noise=alls=6:allf=t,drawbox=x=150:y=110:w=980:h=640:color=0xf3ead6:t=fill,drawbox=x=170:y=130:w=940:h=600:color=0x8a5a2b:t=6"
    while IFS= read -r line; do
        printf '%s' "$line" >"$made/line-$row"
        filters+=",drawtext=fontfile=$font:textfile=$made/line-$row:fontsize=96:fontcolor=0x3a2418:x=(w-text_w)/2:y=$((280 + 170 * row))"
        row=$((row + 1))
    done <examples/source/capture/photo.txt
    filters+=",rotate=-0.035:fillcolor=0x6b4f3a,gblur=sigma=0.8"
    ffmpeg -nostdin -v error -y -f lavfi -i "color=c=0x6b4f3a:s=1280x860,format=rgb24" -frames:v 1 -vf "$filters" \
        -q:v 4 -map_metadata -1 -fflags +bitexact "$out"
    printf '%s\n' "$out"
}

speak_clip() {
    local out=$1
    "$sluice" try speak "$(<examples/source/capture/clip.txt)" -o "$made/clip.wav" --voice espeak:es >/dev/null
    ffmpeg -nostdin -v error -y -i "$made/clip.wav" -ac 1 -ar 24000 -af loudnorm -c:a libopus -b:a 32k -map_metadata -1 "$out"
    printf '%s: %s s\n' "$out" "$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$out")"
}

draw_photo examples/capture/photo.jpg
speak_clip examples/capture/clip.ogg
if [[ ${1:-} == --capture ]]; then exit 0; fi

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
    echo "make-examples: no chromium found. Install it with: apt-get install chromium fonts-noto-core" >&2
    exit 1
fi

profile=$made/profile
mkdir "$profile"
sandbox=()
if [[ $(id -u) == 0 ]]; then sandbox=(--no-sandbox); fi

for source in examples/source/*.html; do
    out="examples/$(basename "$source" .html).pdf"
    "$browser" --headless "${sandbox[@]}" --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$profile" --virtual-time-budget=10000 \
        --no-pdf-header-footer --print-to-pdf="$out" "file://$PWD/$source" 2>/dev/null
    printf '%s: %s pages\n' "$out" "$(pdfinfo "$out" | awk '/^Pages/ {print $2}')"
done

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
