"""docs/reference/decision-faults.md names a test in each row, and each of these is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "decision-faults.md").read_text(encoding="utf-8")
ELSEWHERE = {"unit": "tests/unit", "web": "examples/flask_host/tests"}
NAMED = re.findall(r"\| (\w+): `(test_\w+)` \|$", PAGE, re.MULTILINE)


def test_every_row_names_its_test() -> None:
    assert len(NAMED) == PAGE.count("\n| ") - PAGE.count("\n|---")
    assert len(NAMED) > 25


@pytest.mark.parametrize(("folder", "name"), NAMED)
def test_a_test_that_the_page_names_is_there(folder: str, name: str) -> None:
    tests = ROOT / ELSEWHERE.get(folder, f"tests/contract/{folder}")

    assert any(f"def {name}(" in path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py"))
