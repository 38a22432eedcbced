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


_BY_HAND = frozenset({"address spells the sender's name", "reply"})

TRAITS = (
    # Companies name themselves in the domain; people have their name before the @, and write by hand.
    Trait(
        "a person writes",
        needs=frozenset({"address spells the sender's name"}),
        bars=frozenset({
            "domain spells the sender's name", "sent by a program", "sender: robot", "mass mailer", "delivery report",
        }),
    ),
    # An appointment that a person proposes by hand; in a conversation it is one among many things.
    Trait(
        "a person names a day and a time",
        needs=frozenset({"address spells the sender's name", "a day and a time"}),
        bars=frozenset({
            "domain spells the sender's name", "sent by a program", "sender: robot", "mass mailer", "reply",
        }),
    ),
    # What networks and shared places of work report is what people did.
    Trait("tells what a person did", needs=frozenset({"subject names a person"}), bars=_BY_HAND),
    Trait("tells of a person", needs=frozenset({"text names a person"}), bars=_BY_HAND),
    Trait("tells what somebody said", needs=frozenset({"quotes somebody"}), bars=_BY_HAND),
)  # fmt: skip


def traits_of(facts: Set[str]) -> frozenset[str]:
    """Answer the traits that facts make."""
    return frozenset(trait.name for trait in TRAITS if trait.needs <= facts and trait.bars.isdisjoint(facts))
