"""What the worker processes of a run share is made by one of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.servers.shared import once


def test_what_all_need_is_made_by_whoever_comes_first(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> str:
        made.append(len(made))
        time.sleep(0.05)  # the others come meanwhile
        return f"database {len(made)}"

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(once, tmp_path, "month", make) for _ in range(4)]

    assert {one.result() for one in asked} == {"database 1"}


def test_what_could_not_be_made_is_made_by_the_next(tmp_path: Path) -> None:
    answers = iter(["", "database"])

    def make() -> str:
        return next(answers) or str(1 // 0)

    with pytest.raises(ZeroDivisionError):
        once(tmp_path, "month", make)

    assert once(tmp_path, "month", make) == "database"
