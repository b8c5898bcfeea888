#!/usr/bin/env bash
# Simulates the engine: `scripts/simulate.sh --runs 5000000`, or one world again: `scripts/simulate.sh --seed 17`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The whole workspace, as in build.sh.
cargo build --release --locked --quiet --workspace --example simulate
"$(target_folder)/release/examples/simulate" "$@"
