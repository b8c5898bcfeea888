#!/usr/bin/env python3
"""Lines of test per line of code, by crate: code is what is not blank, no comment, and outside of `#[cfg(test)]` modules.

A crate's tests are its own: its `tests/`, its `#[cfg(test)]` modules and its `*/tests.rs`. What else tests a crate is
named with it below."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ELSEWHERE = {"app": ["crates/server/tests/app"]}


def lines(text):
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))


def count(crate):
    code = test = 0
    folder = ROOT / "crates" / crate
    for path in folder.glob("src/**/*.rs"):
        text = path.read_text()
        split = re.split(r"^#\[cfg\(test\)\]\nmod \w+ \{", text, maxsplit=1, flags=re.M)
        if path.name == "tests.rs":
            test += lines(text)
            continue
        code += lines(split[0])
        test += lines(split[1]) if len(split) > 1 else 0
    for place in [folder / "tests", *(ROOT / other for other in ELSEWHERE.get(crate, []))]:
        test += sum(lines(path.read_text()) for path in place.glob("**/*.rs"))
    return code, test


def main():
    for crate in sys.argv[1:] or sorted(path.name for path in (ROOT / "crates").iterdir()):
        code, test = count(crate)
        print(f"{crate:<12} {code:>6} lines of code, {test:>6} of test: {test / max(code, 1):.2f}")


if __name__ == "__main__":
    main()
