#!/usr/bin/env bash
# Every test, fastest feedback first. All data are in temporary folders.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begun=$SECONDS
times=()

# step NAME COMMAND…: runs it, and records its duration.
step() {
    local name=$1 started=$SECONDS
    shift
    "$@" || fail "$name: failed after $(elapsed $((SECONDS - started))); the reason is above."
    times+=("$(printf '%-28s %s' "$name" "$(elapsed $((SECONDS - started)))")")
}

# What runs `sluice` from outside runs the binaries that are shipped. Cargo puts those that it builds with the tests in the
# same place: so they are copies, and the others are put back.
rust_tests() {
    say "Rust: unit and integration tests"
    local shipped
    # Absolute, because tests run in the folders of their crates.
    shipped=$(realpath "$(target_folder)")/shipped
    mkdir -p "$shipped"
    # The voice looks for sluice-espeak beside sluice.
    install -t "$shipped" "$(sluice_binary)" "$(sluice_binary)-espeak" || return 1
    local runner="target.'cfg(all())'.runner=['$PWD/scripts/test-runner.sh']"
    SLUICE_BINARY=$shipped/sluice cargo --config scripts/unoptimized.toml --config "$runner" \
        test --release --locked --workspace --no-fail-fast || return 1
    bash scripts/build.sh
}

# Cargo has built the examples with the tests, unoptimised as these: to optimise them takes longer than a short run of them.
example() { printf '%s/release/examples/%s\n' "$(target_folder)" "$1"; }

# A fifth of a million jobs; `make simulate` is the full one.
simulation() {
    say "The engine, simulated, in short"
    "$(example simulate)" --runs 200000
}

# A short run with real processes on real databases; `make chaos` is the full one.
chaos() {
    say "Chaos, in short"
    NODE_BINARY=$(example node) python3 scripts/chaos --short
}

# The page is checked while the binaries are built, which keeps one processor busy for half of the time.
page_tests() {
    bash scripts/check.sh page && say "Page: unit tests" && (cd web && npm test --silent)
}

begin_page_tests() {
    page_log=$(mktemp)
    # A process group of its own, so that nothing of it goes on when the build fails.
    set -m
    page_tests >"$page_log" 2>&1 &
    set +m
    page_job=$!
    trap 'kill -- -$page_job 2>/dev/null || true; rm -f "$page_log"' EXIT
}

end_page_tests() {
    local ended=0
    wait $page_job || ended=$?
    trap - EXIT
    cat "$page_log"
    rm -f "$page_log"
    return $ended
}

browser_tests() {
    say "Page in Chromium, against the release binary"
    SLUICE_BINARY=$(sluice_binary) web/tests/run
}

# Tests besides cargo's: scripts that test the release binary as a black box, such as killing it repeatedly.
outside_tests() {
    local script patient=" kill_and_go_on resumable_uploads " log
    log=$(mktemp)
    # They wait for most of their time, for leases of dead servers and on slow connections: so they run beside the others, and are shown
    # when those are through.
    set -m
    {
        for script in $patient; do outside_test "scripts/tests/$script.py" || exit 1; done
    } >"$log" 2>&1 &
    set +m
    local job=$!
    for script in scripts/tests/*.py; do
        [[ $patient == *" $(basename "$script" .py) "* ]] || outside_test "$script" || { kill -- -$job 2>/dev/null; return 1; }
    done
    local ended=0
    wait $job || ended=$?
    cat "$log"
    rm -f "$log"
    return $ended
}

outside_test() {
    say "$(basename "$1" .py | tr _ ' ')"
    SLUICE_BINARY=$(sluice_binary) BUCKET_BINARY=$(example bucket) DECK_BINARY=$(example deck) CALLS_BINARY=$(example every_call) \
        "$(python_tests_folder)/bin/python" "$1"
}

begin_page_tests
step "page and binaries" bash scripts/build.sh
step "formatting, lints, rules" bash scripts/check.sh rest
step "page, types and unit" end_page_tests
step "Rust" rust_tests
step "the engine, simulated" simulation
step "chaos, in short" chaos
step "page, in Chromium" browser_tests
step "from outside" outside_tests

say "Everything passed in $(elapsed $((SECONDS - begun)))"
for line in "${times[@]}"; do note "$line"; done
