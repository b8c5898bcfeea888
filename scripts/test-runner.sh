#!/usr/bin/env bash
# Runs one test binary for cargo, which calls it with the binary and its arguments.
#
# Cargo runs the binaries one after the other, each with as many threads as there are processors. Suites that mostly wait (for timeouts,
# for processes that are killed, for a database's disk) get more, so that the time in which they wait is used.
set -euo pipefail

case $(basename "$1") in
    app-* | service-* | cli-* | contracts-* | contracts_postgres-* | conformance-* | work-*) export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(($(nproc) * 2))} ;;
esac

# Their data are in memory where there is room: hundreds of databases and folders are made and deleted, which a disk takes longer for
# than the tests. Nothing that they show needs a disk: no power fails here.
enough=$((8 * 1024 * 1024))
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
free=$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo)
if [[ -z ${TMPDIR:-} && ${room:-0} -gt $enough && ${free:-0} -gt $enough ]]; then export TMPDIR=/dev/shm; fi
exec "$@"
