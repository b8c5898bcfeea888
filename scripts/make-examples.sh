#!/usr/bin/env bash
# Prints the example documents from their sources: examples/source/*.html → examples/*.pdf.
# The PDFs are checked in, so this is only needed after a source was changed. Needs chromium and fonts-noto-core.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
    echo "make-examples: no chromium found. Install it with: apt-get install chromium fonts-noto-core" >&2
    exit 1
fi

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
sandbox=()
if [[ $(id -u) == 0 ]]; then sandbox=(--no-sandbox); fi

for source in examples/source/*.html; do
    out="examples/$(basename "$source" .html).pdf"
    "$browser" --headless "${sandbox[@]}" --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$profile" --virtual-time-budget=10000 \
        --no-pdf-header-footer --print-to-pdf="$out" "file://$PWD/$source" 2>/dev/null
    printf '%s: %s pages\n' "$out" "$(pdfinfo "$out" | awk '/^Pages/ {print $2}')"
done
