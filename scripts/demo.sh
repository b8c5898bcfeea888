#!/usr/bin/env bash
# Makes videos of the example documents, a transcript of the example talk, and a deck of the example photo, clip and list, and leaves the
# server running with them in it. PORT chooses another port, DEMO_DATA another folder. A further run reuses what is there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

port=${PORT:-8080}
data=${DEMO_DATA:-$root/data}
pid_file=$data/server.pid
log=$data/server.log
videos=$data/videos
talks=$data/talks
decks=$data/decks
deck=$decks/phrases.apkg
sluice=$(sluice_binary)
begun=$SECONDS

# The process of the pid file, if it is our server and alive.
running() {
    [[ -f $pid_file ]] || return 1
    local pid
    read -r pid _ <"$pid_file"
    [[ $pid =~ ^[0-9]+$ ]] && grep -q sluice "/proc/$pid/comm" 2>/dev/null && printf '%s\n' "$pid"
}

make_video() {
    local document=$1 name
    name=$(basename "$document" .pdf)
    say "Making a video of $document"
    "$sluice" reel "$document" -o "$videos/$name.mp4" --data "$data" ||
        fail "the video of $document was not made; the reason is above." \
            "What this machine lacks is listed by:  $sluice doctor" "Then try again: it continues where it stopped."
}

make_transcript() {
    local talk=$1 name
    name=$(basename "$talk" .ogg)
    say "Writing down $talk"
    "$sluice" transcribe "$talk" -o "$talks/$name.srt" -o "$talks/$name.md" --data "$data" ||
        fail "the transcript of $talk was not made; the reason is above." \
            "What this machine lacks is listed by:  $sluice doctor" "Then try again: it continues where it stopped."
}

# The cards of a photo, a clip and a list, once: what the visitor does with them stays.
make_cards() {
    [[ -e $deck ]] && return
    local lines
    mapfile -t lines <examples/capture/list.txt
    say "Making cards of examples/capture"
    if ! "$sluice" capture examples/capture/photo.jpg examples/capture/clip.ogg --language es --data "$data" ||
        ! "$sluice" capture "${lines[@]}" --data "$data"; then
        fail "the cards of examples/capture were not made; the reason is above." \
            "What this machine lacks is listed by:  $sluice doctor" "Then try again: it continues where it stopped."
    fi
}

# What a person would do with them: translations are beyond a machine without a provider. One card is left to the visitor.
review_cards() {
    [[ -e $deck ]] && return
    say "Reviewing the cards"
    python3 scripts/demo-cards.py "$port" examples/capture/review.json "$deck" ||
        fail "the cards were not reviewed; the reason is above." "Review them at http://127.0.0.1:$port/capture/review, or try again."
}

start_server() {
    local pid version
    version=$(sha256sum "$sluice" | cut -d' ' -f1)
    if pid=$(running); then
        if [[ $(<"$pid_file") == "$pid $port $version" ]]; then
            say "The server is running already"
            return
        fi
        say "Restarting the server: it runs a different build or on a different port"
        bash scripts/stop.sh
    fi
    if http_get "$port" / >/dev/null; then
        fail "port $port is in use by another program." "Choose another:  make demo PORT=$((port + 1))"
    fi
    say "Starting the server"
    setsid "$sluice" serve --single-user --listen "127.0.0.1:$port" --data "$data" --examples "$root/examples" >>"$log" 2>&1 </dev/null &
    pid=$!
    printf '%s\n' "$pid $port $version" >"$pid_file"
    for _ in {1..150}; do
        if http_get "$port" /api/v1/health | head -n 1 | grep -q ' 200 '; then return; fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$log" >&2
    fail "the server did not start; the end of its log is above." "The whole log: $log"
}

mkdir -p "$videos" "$talks" "$decks"
for document in examples/*.pdf; do make_video "$document"; done
for talk in examples/*.ogg; do make_transcript "$talk"; done
make_cards
start_server
review_cards

say "Done in $(elapsed $((SECONDS - begun)))"
for document in examples/*.pdf; do
    video=$videos/$(basename "$document" .pdf).mp4
    seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$video" 2>/dev/null || echo '?')
    note "$document → ${video#"$root"/}: ${seconds%.*} s, $(du -h "$video" | cut -f1)"
done
for talk in examples/*.ogg; do
    note "$talk → ${talks#"$root"/}/$(basename "$talk" .ogg).md: $(wc -w <"$talks/$(basename "$talk" .ogg).md") words"
done
if [[ -e $deck ]]; then note "examples/capture → ${deck#"$root"/}: import it into Anki; one card is left to review at /capture/review"; fi
printf '\n    Open  http://127.0.0.1:%s  to play and edit both videos, to hear and correct the talk, to review a card of a deck, and to drop a PDF, a sound or a photo of your own.\n' "$port"
printf '    Everything was made on this machine; the server answers to this machine only.\n'
printf '    Log: %s    Stop: make stop\n\n' "${log#"$root"/}"
