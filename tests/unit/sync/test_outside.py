"""A mailbox that is left out and was renumbered: old places stand until all that is there has been compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.sync import outside

SEEN: Any = SimpleNamespace(held=SimpleNamespace(id=5), missing=UidSet.of([1, 2]))


class Run:
    """What is asked of a run, which is told to end while messages are compared, or is not."""

    def __init__(self, *, ends: bool) -> None:
        self.ends = ends
        self.is_cancelled = False
        self.settings = SimpleNamespace(commit_batch_messages=50)
        self.tally: Any = SimpleNamespace(orphans=set())

    def reopen(self, _: object) -> None:
        """Nothing is open here."""

    @contextmanager
    def begin(self) -> Iterator[None]:
        """Begin a transaction."""
        yield


@pytest.mark.parametrize("ends", [False, True])
def test_old_places_go_only_when_all_was_compared(monkeypatch: pytest.MonkeyPatch, *, ends: bool) -> None:
    left = [2, 0]

    def adopt(run: Run, *_: object) -> None:
        run.is_cancelled = run.ends

    monkeypatch.setattr(outside, "read_arrivals", lambda run, held, batch: dict.fromkeys(batch))
    monkeypatch.setattr(outside, "_adopt", adopt)
    monkeypatch.setattr(outside.placements, "remove_stale", lambda *_: (left.pop(0), []))
    run: Any = Run(ends=ends)

    outside._recognize(run, SEEN)

    assert left == ([2, 0] if ends else [])
