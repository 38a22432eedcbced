"""Traits: what several facts say together and none of them alone; pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trait:
    """A fact that holds where all of some facts hold and none of others."""

    name: str
    needs: frozenset[str]
    bars: frozenset[str]


TRAITS = (
    # Companies name themselves in the domain; people have their name before the @, and write by hand.
    Trait(
        "a person writes",
        needs=frozenset({"address spells the sender's name"}),
        bars=frozenset({
            "domain spells the sender's name", "sent by a program", "sender: robot", "mass mailer", "delivery report",
        }),
    ),
)  # fmt: skip


def traits_of(facts: Set[str]) -> frozenset[str]:
    """Answer the traits that facts make."""
    return frozenset(trait.name for trait in TRAITS if trait.needs <= facts and trait.bars.isdisjoint(facts))
