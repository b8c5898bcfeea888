#!/usr/bin/env bash
# Uploads 1 GB to a folder and 1 GB to a bucket, over connections that are cut, to a server that is killed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The whole workspace, as in build.sh.
cargo build --release --locked --quiet --workspace --example bucket
export MEGABYTES=${MEGABYTES:-1000} S3_MEGABYTES=${S3_MEGABYTES:-1000}
SLUICE_BINARY=$(sluice_binary) BUCKET_BINARY=$(target_folder)/release/examples/bucket python3 scripts/tests/resumable_uploads.py
