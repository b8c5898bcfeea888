#!/usr/bin/env bash
# Rules of the repository that no compiler checks.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

say "Repository: its own rules"
trouble=0
complain() {
    printf '    %s\n' "$@" >&2
    trouble=1
}

# Files that are tracked or not ignored.
files() { git ls-files -co --exclude-standard -- "$@"; }

# Lock files and settings name packages and hashes, never the host that they came from: any mirror will do.
if found=$(files '*package-lock.json' | xargs -r grep -n '"resolved":' | head -n 3) && [[ -n $found ]]; then
    complain "a lock file names the host that packages came from (npm config: omit-lockfile-registry-resolved):" "$found"
fi

# Absolute paths of a developer's machine.
if found=$(files | grep -v '^scripts/bare-machine.sh' | grep -vE '\.(pdf|png|jpg|woff2|ttf)$' | xargs -r grep -nIE '/(home|Users)/[a-z]+/|/root/[a-z.]' | head -n 3) && [[ -n $found ]]; then
    complain "a path of one machine:" "$found"
fi

# Remains of an unfinished change.
if found=$(files '*.rs' '*.ts' '*.svelte' '*.sh' | xargs -r grep -nE '^(<<<<<<<|>>>>>>>) |(TODO|FIXME|XXX)\b' | grep -v '^scripts/check-repo.sh' | head -n 3) && [[ -n $found ]]; then
    complain "left over:" "$found"
fi

# docs/engine.md names tests for each contract, and they all exist.
contracts=$(grep -E '^\| [0-9]+\. ' docs/engine.md) || true
(($(wc -l <<<"$contracts") == 16)) || complain "docs/engine.md has no tests for some of the sixteen contracts"
while read -r test; do
    grep -rqE "fn $test\b" crates/engine/tests || complain "docs/engine.md names a test that does not exist: $test"
done < <(grep -oE '`[a-z0-9]+(_[a-z0-9]+){3,}`' <<<"$contracts" | tr -d '`')

# Small files: a Rust file over 500 lines should be split.
while read -r lines file; do
    if ((lines > 600)) && [[ $file != total ]]; then
        complain "$file has $lines lines: split it"
    elif ((lines > 500)) && [[ $file != total ]]; then
        note "$file has $lines lines, more than 500: it should be split"
    fi
done < <(files 'crates/*.rs' | xargs -r wc -l)

# In the description of the API, a second type of the same name takes the place of the first.
if found=$(files 'crates/*.rs' | xargs -r awk '
    /^#\[derive\(/ { shown = 0 } /ToSchema/ && !/^use / { shown = 1 } /schema\(as = / { shown = 0 }
    shown && match($0, /(struct|enum) [A-Za-z0-9]+/) { print substr($0, RSTART, RLENGTH) ; shown = 0 }' |
    awk '{ print $2 }' | sort | uniq -d) && [[ -n $found ]]; then
    complain "two types have one name in the description of the API: rename one, or give it #[schema(as = …)]:" "$found"
fi

# A migration that is in no list is never applied.
while read -r file; do
    grep -rqF "${file#crates/store/}" crates/store/src || complain "a migration is in no list of crates/store/src:" "$file"
done < <(files 'crates/store/migrations/*.sql')

# Dependencies need compatible licences.
metadata=(cargo metadata --format-version 1 --locked --offline --filter-platform x86_64-unknown-linux-gnu)
if found=$("${metadata[@]}" 2>/dev/null | scripts/check-licences.py 2>&1) && [[ -n $found ]]; then
    complain "licences that may not be shipped with ours (scripts/check-licences.py has the list):" "$found"
fi

if command -v shellcheck >/dev/null; then
    mapfile -t shell_files < <(files | grep -vE '\.(pdf|png|jpg|woff2|ttf)$' | xargs -r grep -lIE '^#!(/usr/bin/env bash|/bin/bash|/bin/sh|/usr/bin/env sh)' | sort)
    shellcheck -x --source-path=SCRIPTDIR --severity=warning "${shell_files[@]}" scripts/lib.sh || complain "shellcheck has warnings; they are above"
else
    note "shellcheck is not installed: shell scripts were not checked"
fi

sluice=$(sluice_binary)
if [[ ! -x $sluice ]]; then
    note "sluice is not built: the API document and the page in the binary were not checked"
elif "$sluice" openapi >/dev/null 2>&1; then
    "$sluice" openapi | diff -u openapi.json - >/dev/null 2>&1 ||
        complain "openapi.json does not match the handlers." "Type:  $sluice openapi > openapi.json && (cd web && npm run generate)"
    # The name of the page's script contains its hash: if the binary has it, this version of the page is embedded.
    script=$(find web/dist/assets -name 'index-*.js' -printf '%f\n' 2>/dev/null | head -n 1) || true
    if [[ -z $script ]] || ! grep -aq "$script" "$sluice"; then
        complain "the binary has no page, or an outdated one." "Type:  make build"
    fi
fi

if ((trouble)); then fail "the repository breaks its own rules; they are above."; fi
note "no violations"
