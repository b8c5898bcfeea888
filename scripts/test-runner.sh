#!/usr/bin/env bash
# Runs one test binary for cargo, which calls it with the binary and its arguments.
#
# Cargo runs the binaries one after the other, each with as many threads as there are processors. Suites that mostly wait (for timeouts,
# for processes that are killed, for a database's disk) get more, so that the time in which they wait is used.
set -euo pipefail

case $(basename "$1") in
    app-* | service-* | cli-* | contracts-* | contracts_postgres-* | conformance-* | work-*) export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(($(nproc) * 2))} ;;
esac
exec "$@"
