"""How sure the owner's tags are, as it is kept: what it was made from, and whether it still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailhelper_core.ai.gate import Sureness
from mailhelper_core.store.mind import models
from mailhelper_core.store.unit_of_work import UnitOfWork

# Raise the number when the same examples would be scored otherwise: what was made of them before is then made again.
SAID_BY = "learned 3"
# The kind of model under which it is kept.
TASK = models.TAGS
# It is made again when so many examples were added, and this share.
CHANGED_LEAST, CHANGED_SHARE = 5, 0.1

# Tag -> messages it belongs to, and messages it does not, each in order.
Said = Mapping[str, tuple[list[int], list[int]]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What it is made from: the budget of errors, the tags, the examples, and how many of a side there are at most."""

    errors: float
    ids: Mapping[str, int]
    said: Said
    most: int

    @property
    def count(self) -> int:
        """Answer how many examples there are."""
        return sum(len(side) for sides in self.said.values() for side in sides)


def kept(uow: UnitOfWork, basis: Basis) -> dict[str, Sureness] | None:
    """Answer what was made, None where it is to be made again: something else counts, was taken back, or much added."""
    live = models.live_of(uow, TASK)
    if live is None and not basis.said:
        return {}
    try:
        data = json.loads(live.data) if live else {}
        is_same = data["of"] == _of(basis) and not _is_taken_back(data["said"], basis)
        added = basis.count - sum(len(side) for sides in data["said"].values() for side in sides)
        if not is_same or added >= max(CHANGED_LEAST, CHANGED_SHARE * basis.count):
            return None
        return {name: Sureness(*values) for name, values in data["sure"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):  # of an older version, or damaged
        return None


def keep(uow: UnitOfWork, basis: Basis, sure: Mapping[str, Sureness]) -> None:
    """Keep it in place of what was made before, which may rest on what was taken back."""
    made = {name: (one.slope, one.offset, one.sets_from) for name, one in sure.items()}
    data = json.dumps({"of": _of(basis), "said": basis.said, "sure": made}, sort_keys=True).encode()
    models.drop(uow, TASK)
    models.add(uow, TASK, state="live", examples=basis.count, through=0, accuracy=None, data=data)


def _of(basis: Basis) -> dict[str, Any]:
    # By name and id: a tag may be called otherwise since, and another one as it was.
    return {"said_by": SAID_BY, "errors": basis.errors, "ids": dict(basis.ids)}


def _is_taken_back(known: Mapping[str, tuple[list[int], list[int]]], basis: Basis) -> bool:
    return any(
        _lacks(before, now, basis.most)
        for name, sides in known.items()
        for before, now in zip(sides, basis.said[name], strict=True)
    )


def _lacks(before: list[int], now: list[int], most: int) -> bool:
    """Say whether examples are gone, and not because newer ones took their place."""
    gone = set(before).difference(now)
    return bool(gone) and (len(now) < most or max(gone) > now[0])
