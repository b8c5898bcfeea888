#!/usr/bin/env bash
# A thousand kills between paid calls and their outcomes, half of them on each database: `KILLS=200 SEED=17
# DATABASES=postgres scripts/paid-once.sh` makes others.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SLUICE_BINARY=$(sluice_binary) KILLS=${KILLS:-500} python3 scripts/tests/paid_once.py
