#!/usr/bin/env bash
# The quick part of the tests: formatting, lints, the page's types, the repository's own rules.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

say "Rust: formatting"
cargo fmt --all --check || fail "some Rust files are not formatted." "Type:  cargo fmt --all"
say "Rust: lints"
# In the only profile: what is checked is what is built, and nothing is compiled twice.
cargo clippy --release --locked --workspace --all-targets -- -D warnings || fail "clippy has warnings; they are above."
say "Page: types, formatting"
(cd web && npm run --silent check) || fail "the page's checks failed; the reason is above." "Fix the formatting by:  cd web && npm run format"
say "API: its description"
(cd web && npm run --silent lint:openapi) || fail "openapi.json breaks a rule; which one is above." "Generate it by:  sluice openapi > openapi.json"
bash scripts/check-repo.sh
