#!/usr/bin/env bash
# Stops the server that `make demo` left running. Videos and data stay.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pid_file=${DEMO_DATA:-$root/data}/server.pid
if [[ ! -f $pid_file ]]; then
    note "no server is running from this folder"
    exit 0
fi
read -r pid _ <"$pid_file"
if grep -q sluice "/proc/$pid/comm" 2>/dev/null; then
    kill -TERM "$pid"
    # It finishes what it can and releases the rest, within its grace period.
    for _ in {1..150}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    kill -0 "$pid" 2>/dev/null && kill -KILL "$pid"
    note "the server has stopped; make demo starts it again with everything in it"
else
    note "the server was no longer running"
fi
rm -f "$pid_file"
