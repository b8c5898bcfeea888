#!/usr/bin/env python3
"""Checks that every Rust package that goes into the binaries has a compatible licence.

Reads the output of `cargo metadata` on its standard input; prints each package that may not.
"""

import json
import re
import sys

# Permissive ones, and MPL-2.0, whose terms only apply to its own files.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    # Permissive, for data: the list of certificate authorities.
    "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "MPL-2.0",
    "Unicode-3.0", "Unlicense", "Zlib",
}
# A separate program, which communicates over pipes.
EXCEPT = {"sluice-espeak"}


def allowed(expression):
    """Whether an SPDX expression can be satisfied by allowed licences alone. The old form `A/B` means either."""
    expression = re.sub(r"\s+WITH\s+[\w.-]+", "", expression.replace("/", " OR "))
    words = re.findall(r"\(|\)|[\w.+-]+", expression)
    operators = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    return bool(eval(" ".join(operators.get(word, str(word in ALLOWED)) for word in words)))


packages = json.load(sys.stdin)["packages"]
refused = [p for p in packages if p["name"] not in EXCEPT and not (p["license"] and allowed(p["license"])) and not p["license_file"]]
for package in refused:
    print(f"{package['name']} {package['version']}: {package['license']}")
