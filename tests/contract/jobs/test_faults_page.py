"""docs/reference/deployment-faults.md names a test for each fault from F70 to F99, and each of these is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "deployment-faults.md").read_text(encoding="utf-8")
FOLDERS = {
    "jobs": "tests/contract/jobs",
    "celery": "tests/celery",
    "store": "tests/contract/store",
    "transfer": "tests/contract/transfer",
    "search": "tests/contract/search",
    "vectors": "tests/contract/models/vectors",
    "rules": "tests/contract/rules",
    "sync": "tests/contract/sync",
    "watch": "tests/contract/watch",
    "web": "examples/flask_host/tests",
}
NAMED = re.findall(r"\| (\w+): `(test_\w+)` \|$", PAGE, re.MULTILINE)


def test_every_fault_of_a_deployment_is_on_the_page() -> None:
    named = {int(number) for number in re.findall(r"`F(\d\d)`", PAGE)}
    spans = {n for a, b in re.findall(r"`F(\d\d)` to `F(\d\d)`", PAGE) for n in range(int(a), int(b) + 1)}

    assert named | spans == set(range(70, 100))
    assert len(NAMED) == PAGE.count("\n| ") - PAGE.count("\n|---")


@pytest.mark.parametrize(("folder", "name"), NAMED)
def test_a_test_that_the_page_names_is_there(folder: str, name: str) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / FOLDERS[folder]).glob("test_*.py"))

    assert f"def {name}(" in code
