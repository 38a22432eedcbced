"""What starting costs: start.py MODULE."""

from __future__ import annotations

import importlib
import sys

from bench.gauge import measured, tell

found: dict[str, float] = {}
with measured(found):
    importlib.import_module(sys.argv[1])
tell(found)
