#!/usr/bin/env python3
"""The short form of scripts/chaos.py: about a minute of kills, freezes, a full disk and a moved clock. `make chaos` has all."""

import os
import pathlib
import sys

CHAOS = pathlib.Path(__file__).resolve().parents[1] / "chaos.py"
# SEED repeats a run.
seed = ["--seed", os.environ["SEED"]] if os.environ.get("SEED") else []
os.execv(sys.executable, [sys.executable, str(CHAOS), "--short", "--only", "kill,freeze,open,disk,clock", *seed])
