#!/usr/bin/env bash
# The quick part of the tests: formatting, lints, the page's types, the repository's own rules. With `page` only what concerns the page,
# with `rest` only the rest.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

check_page() {
    say "Page: types, formatting"
    (cd web && npm run --silent check) || fail "the page's checks failed; the reason is above." "Fix the formatting by:  cd web && npm run format"
    say "API: its description"
    (cd web && npm run --silent lint:openapi) || fail "openapi.json breaks a rule; which one is above." "Generate it by:  sluice openapi > openapi.json"
}

check_rest() {
    say "Rust: formatting"
    cargo fmt --all --check || fail "some Rust files are not formatted." "Type:  cargo fmt --all"
    say "Rust: lints"
    # In the only profile: what is checked is what is built, and nothing is compiled twice.
    cargo clippy --release --locked --workspace --all-targets -- -D warnings || fail "clippy has warnings; they are above."
    bash scripts/check-repo.sh
}

case ${1:-all} in
    page) check_page ;;
    rest) check_rest ;;
    all) check_rest && check_page ;;
    *) fail "unknown part \"$1\": page, rest or nothing" ;;
esac
