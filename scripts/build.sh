#!/usr/bin/env bash
# Builds the page, then the release binaries with the page inside. Skips what is up to date.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The inputs of the page.
page_key() {
    find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/test-results -prune -o -path web/tests -prune -o \
        -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

build_page() {
    local key stamp=web/node_modules/.built
    key=$(page_key)
    if [[ -f web/dist/index.html ]] && same_as_before "$stamp" "$key"; then
        note "page: unchanged"
        return
    fi
    say "Building the page"
    (cd web && npm run --silent build) || fail "the page could not be built; the reason is above."
    printf '%s' "$key" >"$stamp"
}

build_binaries() {
    say "Building sluice (the first time takes some minutes)"
    # The whole workspace, so that dependencies are built with the same features here and in the tests: once.
    cargo build --release --locked --workspace --bins ||
        fail "cargo could not build sluice; the reason is above." "If a download failed, check the network and try again."
}

build_page
build_binaries
