"""The gates that a reader of the code relies on: lint, format and types, as `./dev lint types` looks at them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import pytest

from noxfile import ROOT, typed

GATES = [("ruff", "check", "."), ("ruff", "format", "--check", ".")]
if find_spec("mypy"):  # the environments of `./dev versions` have none: types are the same on every Python
    GATES.append(("mypy", *typed()))


@pytest.mark.parametrize("command", GATES, ids=lambda command: " ".join(command[:2]))
def test_a_gate_is_kept(command: Sequence[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
