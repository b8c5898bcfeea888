#!/usr/bin/env bash
# Measures a 60-second reel: each stage, the whole, memory, and one edited scene of twenty. Needs an idle machine.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exec "$(sluice_binary)" bench reel "$@"
