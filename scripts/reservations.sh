#!/usr/bin/env bash
# A million reservations that race for caps, on each of the two databases.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The whole workspace, as in build.sh.
SLUICE_RESERVATIONS=${SLUICE_RESERVATIONS:-1000000} \
    cargo test --release --locked --quiet --workspace --test work -- --nocapture reservations_that_race
